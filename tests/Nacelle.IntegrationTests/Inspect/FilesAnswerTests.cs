using System.Net;
using System.Text.Json.Nodes;
using Nacelle.Linux.Files;
using Xunit;

namespace Nacelle.IntegrationTests.Inspect;

public sealed class FilesAnswerTests
{
    // More than the buffers of two sockets hold, so that most of it is read only after the client has begun to.
    private const int Large = 64 << 20;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", "0123456789")]
    [InlineData("&offset=3", "3456789")]
    [InlineData("&maxBytes=4", "0123")]
    [InlineData("&offset=3&maxBytes=4", "3456")]
    [InlineData("&offset=10", "")]
    [InlineData("&maxBytes=0", "")]
    public async Task Read_PartOfAFile_ComesWithItsLength(string bounds, string content)
    {
        await using var container = await HostileContainer.StartAsync();
        container.Write("/file", "0123456789");
        await using var server = await FilesServer.StartAsync(container);

        using var answer = await server.Client.GetAsync(new Uri($"?operation=read&path=/file{bounds}", UriKind.Relative), Cancellation);

        Assert.Equal("application/octet-stream", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal(content.Length, answer.Content.Headers.ContentLength);
        Assert.Equal(content, await answer.Content.ReadAsStringAsync(Cancellation));
    }

    [Theory]
    [InlineData("operation=read&path=/none", 404, "/none: no such file or directory")]
    [InlineData("operation=read&path=/etc", 400, "/etc: is a directory")]
    [InlineData("operation=list&path=/ready", 400, "/ready: is a file, not a directory")]
    [InlineData("operation=list&path=/proc", 403, "/proc: is on a file system of type proc, where nothing is opened")]
    [InlineData("operation=read&path=/proc/1/environ", 403, "/proc/1/environ: is on a file system of type proc, where nothing is opened")]
    [InlineData("operation=read&path=/ready&offset=1", 400, "offset: 1: /ready has 0 bytes")]
    [InlineData("operation=list&path=/&continue=1", 400, "continue: not what an earlier list gave")]
    [InlineData("operation=list&path=/&continue=1.2.3.4", 409, "/: is another directory than the one whose list is to be continued")]
    [InlineData("operation=stat&rawPath=L/8=", 404, @"/\xff: no such file or directory")]
    public async Task Write_WhatIsNotShown_IsRefusedInOneLine(string query, int code, string message)
    {
        await using var container = await HostileContainer.StartAsync();
        await using var server = await FilesServer.StartAsync(container);

        using var answer = await server.Client.GetAsync(new Uri("?" + query, UriKind.Relative), Cancellation);

        Assert.Equal((HttpStatusCode)code, answer.StatusCode);
        Assert.Equal(message, await answer.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task Write_AfterTheProcessHasEnded_IsGone()
    {
        await using var container = await HostileContainer.StartAsync();
        await using var server = await FilesServer.StartAsync(container);
        await container.EndAsync();

        using var answer = await server.Client.GetAsync(new Uri("?operation=stat&path=/", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.Gone, answer.StatusCode);
    }

    [Fact]
    public async Task Read_FileTruncatedUnderTheCopy_IsAnErrorOfTheTransfer()
    {
        await using var container = await HostileContainer.StartAsync();
        await File.WriteAllBytesAsync(container.PathOf("/file"), new byte[Large], Cancellation);
        await using var server = await FilesServer.StartAsync(container);
        using var answer = await server.Client.GetAsync(
            new Uri("?operation=read&path=/file", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Cancellation);
        Assert.Equal(Large, answer.Content.Headers.ContentLength);
        container.Write("/file", "");

        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            await using var content = await answer.Content.ReadAsStreamAsync(Cancellation);
            await content.CopyToAsync(Stream.Null, Cancellation);
        });
    }

    [Fact]
    public async Task Read_FileRemovedUnderTheCopy_IsWhole()
    {
        await using var container = await HostileContainer.StartAsync();
        await File.WriteAllBytesAsync(container.PathOf("/file"), new byte[Large], Cancellation);
        await using var server = await FilesServer.StartAsync(container);
        using var answer = await server.Client.GetAsync(
            new Uri("?operation=read&path=/file", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Cancellation);
        File.Delete(container.PathOf("/file"));

        Assert.Equal(Large, (await answer.Content.ReadAsByteArrayAsync(Cancellation)).Length);
    }

    [Fact]
    public async Task List_PagesOfADirectory_TellEachEntryOnce()
    {
        await using var container = await HostileContainer.StartAsync();
        Directory.CreateDirectory(container.PathOf("/many"));
        using (var directory = container.OpenDirectory("/many"))
        {
            for (var i = 0; i < 2500; i++)
            {
                FileAt.MakeSymbolicLink("/ready"u8, directory, System.Text.Encoding.ASCII.GetBytes($"{i}"));
            }
        }

        await using var server = await FilesServer.StartAsync(container);
        HashSet<string> names = [];
        var pages = 0;
        string? from = null;
        do
        {
            var page = JsonNode.Parse(await server.Client.GetStringAsync(new Uri($"?operation=list&path=/many&limit=1000&continue={from}", UriKind.Relative), Cancellation))!;
            Assert.Equal("PodFileList inspect.nacelle.dev/v1alpha1", $"{page["kind"]} {page["apiVersion"]}");
            Assert.All(page["items"]!.AsArray(), item => Assert.True(names.Add($"{item!["name"]} -> {item["target"]}")));
            pages++;
            from = (string?)page["metadata"]!["continue"];
        }
        while (from is not null);

        Assert.Equal((2500, 3), (names.Count, pages));
        Assert.Contains("2499 -> /ready", names);
    }

    [Fact]
    public async Task Stat_Link_IsToldItself()
    {
        await using var container = await HostileContainer.StartAsync();
        container.Link("/link", "/proc/1/root");
        await using var server = await FilesServer.StartAsync(container);

        var file = JsonNode.Parse(await server.Client.GetStringAsync(new Uri("?operation=stat&path=/link", UriKind.Relative), Cancellation))!;

        Assert.Equal("PodFile link SymbolicLink 0777 /proc/1/root tmpfs", $"{file["kind"]} {file["name"]} {file["type"]} {file["mode"]} {file["target"]} {file["fileSystem"]}");
    }
}
