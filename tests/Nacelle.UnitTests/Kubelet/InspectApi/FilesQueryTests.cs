using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Nacelle.Inspect.Files;
using Nacelle.Kubelet.InspectApi;
using Nacelle.Kubernetes.Errors;
using Xunit;

namespace Nacelle.UnitTests.Kubelet.InspectApi;

public sealed class FilesQueryTests
{
    [Fact]
    public void Read_EveryParameter_IsTaken()
    {
        var query = Read("?operation=list&path=/a%20b&container=shell&limit=5&continue=1.2.3.4&offset=7&maxBytes=0");

        Assert.Equal("/a b", Encoding.UTF8.GetString(query.Path));
        Assert.Equal((FilesOperation.List, "shell", 5, "1.2.3.4", 7, 0), (query.Operation, query.Container, query.Limit, query.Continue, query.Offset, query.MaxBytes));
    }

    [Fact]
    public void Read_NothingButAPath_HasNoBounds()
    {
        var query = Read("?operation=read&path=/");

        Assert.Equal((null, long.MaxValue, null, 0, long.MaxValue), (query.Container, query.Limit, query.Continue, query.Offset, query.MaxBytes));
    }

    [Fact]
    public void Read_LimitOfZero_IsNoLimitAsInOtherLists() => Assert.Equal(long.MaxValue, Read("?operation=list&path=/&limit=0").Limit);

    [Fact]
    public void Read_RawPath_IsAnyBytes()
    {
        var query = Read("?operation=stat&rawPath=" + Uri.EscapeDataString(Convert.ToBase64String([0x2F, 0xFF])));

        Assert.Equal([0x2F, 0xFF], query.Path);
        Assert.Equal(@"/\xff", query.Shown);
    }

    [Theory]
    [InlineData("?path=/", "operation: \"\": expected stat, list or read")]
    [InlineData("?operation=write&path=/", "operation: \"write\": expected stat, list or read")]
    [InlineData("?operation=stat", "path: expected one, or rawPath in its place")]
    [InlineData("?operation=stat&path=/a&rawPath=Lw==", "path: expected one, or rawPath in its place")]
    [InlineData("?operation=stat&rawPath=*", "rawPath: \"*\": expected base64")]
    [InlineData("?operation=list&path=/&limit=-1", "limit: \"-1\": expected a number, 0 or more")]
    [InlineData("?operation=read&path=/&offset=1e3", "offset: \"1e3\": expected a number, 0 or more")]
    [InlineData("?operation=read&path=/&maxBytes=99999999999999999999", "maxBytes: \"99999999999999999999\": expected a number, 0 or more")]
    public void Read_WhatMeansNothing_IsABadRequest(string text, string message)
    {
        var refused = Assert.Throws<ApiStatusException>(() => Read(text));

        Assert.Equal((400, StatusReason.BadRequest, message), (refused.Status.Code, refused.Status.Reason, refused.Status.Message));
    }

    [Theory]
    [InlineData(FileRefusal.NotFound, 404, "NotFound")]
    [InlineData(FileRefusal.NotADirectory, 400, "BadRequest")]
    [InlineData(FileRefusal.IsADirectory, 400, "BadRequest")]
    [InlineData(FileRefusal.BadPath, 400, "BadRequest")]
    [InlineData(FileRefusal.NeverOpened, 403, "Forbidden")]
    [InlineData(FileRefusal.Changed, 409, "Conflict")]
    [InlineData(FileRefusal.ProcessEnded, 410, "Gone")]
    [InlineData(FileRefusal.Failed, 500, "InternalError")]
    public void Status_EachRefusal_HasItsCode(FileRefusal refusal, int code, string reason)
    {
        var status = FilesAnswer.Status(new FileRefusedException(refusal, "why")).Status;

        Assert.Equal((code, reason, "why"), (status.Code, status.Reason, status.Message));
    }

    private static FilesQuery Read(string text) => FilesQuery.Read(new QueryCollection(QueryHelpers.ParseQuery(text)));
}
