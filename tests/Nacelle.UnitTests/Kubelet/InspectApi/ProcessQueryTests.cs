using System.Text;
using Microsoft.AspNetCore.Http;
using Nacelle.Kubelet.InspectApi;
using Nacelle.Kubernetes.Errors;
using Xunit;

namespace Nacelle.UnitTests.Kubelet.InspectApi;

public sealed class ProcessQueryTests
{
    private const string Table = "application/json;as=Table;v=v1;g=meta.k8s.io";

    [Fact]
    public void Read_Nothing_IsAListOfEverythingAsObjects()
    {
        var query = Read("");

        Assert.False(query.Watch);
        Assert.False(query.Table);
        Assert.True(query.Fields.MatchesEverything);
        Assert.Equal((0, "", null), (query.Limit, query.After, query.Revision));
    }

    [Theory]
    [InlineData("metadata.name")]
    [InlineData("metadata.namespace")]
    [InlineData("status.podName")]
    [InlineData("status.containerName")]
    [InlineData("status.state")]
    [InlineData("status.user")]
    public void Read_EachSelectableField_IsTaken(string field) => Assert.Equal("x", Read($"?fieldSelector={field}%3Dx").Fields.RequiredValue(field));

    [Theory]
    [InlineData("?fieldSelector=status.pid%3D1", "field label not supported: status.pid")]
    [InlineData("?fieldSelector=status.podName", "invalid selector")]
    [InlineData("?labelSelector=a%3D%3D%3Db", "")]
    [InlineData("?limit=many", "invalid value for limit")]
    [InlineData("?watch=perhaps", "invalid value for watch")]
    [InlineData("?resourceVersion=abc", "invalid value for resourceVersion")]
    [InlineData("?timeoutSeconds=1s", "invalid value for timeoutSeconds")]
    [InlineData("?includeObject=Some", "must be 'Metadata', 'Object', 'None', or empty")]
    [InlineData("?continue=***", "continue key is not valid")]
    [InlineData("?continue=bm8ga2V5", "continue key is not valid")]
    public void Read_WhatIsNoValue_Answers400(string query, string message)
    {
        var error = Assert.Throws<ApiStatusException>(() => Read(query)).Status;

        Assert.Equal(400, error.Code);
        Assert.Contains(message, error.Message);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("*/*", false)]
    [InlineData("application/json", false)]
    [InlineData(Table, true)]
    [InlineData(Table + ",application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json", true)]
    [InlineData("application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json", false)]
    [InlineData("application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json", false)]
    [InlineData("application/vnd.kubernetes.protobuf,application/json", false)]
    [InlineData("application/yaml;q=0.9," + Table + ";q=0.5", true)]
    public void Read_Accept_IsAnsweredWithWhatWeHave(string accept, bool table) => Assert.Equal(table, Read("", accept).Table);

    [Theory]
    [InlineData("text/html")]
    [InlineData("application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io")]
    public void Read_AcceptOfNothingWeHave_Answers406(string accept) =>
        Assert.Equal(406, Assert.Throws<ApiStatusException>(() => Read("", accept)).Status.Code);

    [Fact]
    public void ContinueAfter_Process_LeadsBehindIt()
    {
        var process = TestProcesses.Indexed(pid: 12, container: "app", pod: "web", ns: "prod");

        var query = Read("?continue=" + Uri.EscapeDataString(ProcessQuery.ContinueAfter(process)));

        Assert.Equal(ProcessQuery.KeyOf(process), query.After);
    }

    [Fact]
    public void KeyOf_Processes_SortsAsTheListDoes()
    {
        var list = new[]
        {
            TestProcesses.Indexed(pid: 1, container: "", pod: "a", ns: "n"), TestProcesses.Indexed(pid: 2, container: "b", pod: "a", ns: "n"),
            TestProcesses.Indexed(pid: 10, container: "b", pod: "a", ns: "n"), TestProcesses.Indexed(pid: 3, container: "b-1", pod: "a", ns: "n"),
            TestProcesses.Indexed(pid: 1, container: "a", pod: "a-1", ns: "n"), TestProcesses.Indexed(pid: 1, container: "a", pod: "a", ns: "n-1"),
        };

        Assert.Equal(list, list.OrderBy(ProcessQuery.KeyOf, StringComparer.Ordinal));
        Assert.Equal(list, list.Order(Comparer<Nacelle.Inspect.Processes.IndexedProcess>.Create(Nacelle.Inspect.Processes.ProcessOrder.Compare)));
    }

    [Fact]
    public void Read_ContinueKeyOfAnotherShape_Answers400()
    {
        var token = Convert.ToBase64String(Encoding.UTF8.GetBytes("a\nb\nc\nd\ne"));

        Assert.Equal(400, Assert.Throws<ApiStatusException>(() => Read("?continue=" + Uri.EscapeDataString(token))).Status.Code);
    }

    private static ProcessQuery Read(string query, string? accept = null)
    {
        var http = new DefaultHttpContext();
        http.Request.QueryString = new QueryString(query);
        if (accept is not null)
        {
            http.Request.Headers.Accept = accept;
        }

        return ProcessQuery.Read(http.Request);
    }
}
