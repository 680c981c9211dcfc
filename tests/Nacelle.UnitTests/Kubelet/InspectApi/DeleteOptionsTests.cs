using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Nacelle.Kubelet.InspectApi;
using Nacelle.Kubernetes.Errors;
using Xunit;

namespace Nacelle.UnitTests.Kubelet.InspectApi;

public sealed class DeleteOptionsTests
{
    [Fact]
    public void Read_Nothing_LeavesEverythingToThePod() => Assert.Equal(new DeleteOptions(null, false, null, null), Read("", null));

    [Fact]
    public void Read_Body_IsTaken() => Assert.Equal(
        new DeleteOptions(0, true, "u", "7"),
        Read("?gracePeriodSeconds=5", """{"gracePeriodSeconds":0,"dryRun":["All"],"preconditions":{"uid":"u","resourceVersion":"7"}}"""));

    [Fact]
    public void Read_QueryWithoutBody_IsTaken() => Assert.Equal(new DeleteOptions(5, true, null, null), Read("?gracePeriodSeconds=5&dryRun=All", null));

    [Theory]
    [InlineData("?dryRun=Some", null)]
    [InlineData("?gracePeriodSeconds=soon", null)]
    [InlineData("", """{"dryRun":"All"}""")]
    [InlineData("", """{"dryRun":[1]}""")]
    [InlineData("", """{"dryRun":["Some"]}""")]
    [InlineData("", """{"gracePeriodSeconds":"1"}""")]
    [InlineData("", """{"preconditions":{"uid":1}}""")]
    public void Read_WhatIsNoValue_Answers400(string query, string? body) =>
        Assert.Equal(400, Assert.Throws<ApiStatusException>(() => Read(query, body)).Status.Code);

    private static DeleteOptions Read(string query, string? body) => DeleteOptions.Read(
        new QueryCollection(Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(query)), body is null ? null : JsonDocument.Parse(body).RootElement);
}
