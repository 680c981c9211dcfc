using System.Text;
using Microsoft.AspNetCore.Http;
using Nacelle.Runtime.Images;
using Xunit;
using static Nacelle.IntegrationTests.Images.TestImage;

namespace Nacelle.IntegrationTests.Images;

public sealed class PullTests
{
    [Fact]
    public async Task PullAsync_Image_IsUnpackedAndRemembered()
    {
        await using TestStore test = await TestStore.StartAsync();
        TestImage image = test.Registry.Add("app", "v1", new TestImage { Config = """{"Entrypoint":["/e"],"User":"7:8","StopSignal":"SIGQUIT"}""" }
            .With(Folder("bin"), File("bin/sh", "shell", 0x1ED)));

        Image pulled = await test.PullAsync("app:v1");

        Assert.Equal(image.Id.ToString(), pulled.Id);
        Assert.Equal([$"{test.Registry.Domain}/app:v1"], pulled.RepoTags);
        Assert.Equal([$"{test.Registry.Domain}/app@{Digest.Of(image.Manifest)}"], pulled.RepoDigests);
        Assert.Equal(["/e"], pulled.Config.Entrypoint);
        Assert.Equal(("7:8", "SIGQUIT"), (pulled.Config.User, pulled.Config.StopSignal));
        Assert.Equal("shell", System.IO.File.ReadAllText(Path.Combine(Assert.Single(pulled.Layers), "bin/sh")));
        Assert.Equal(5 + image.ConfigBlob.Length, pulled.Size);

        await test.RestartAsync();
        Assert.Equivalent(pulled, await test.Store.FindAsync($"{test.Registry.Domain}/app:v1"));
        Assert.Equivalent(pulled, await test.Store.FindAsync(pulled.Id));
    }

    [Fact]
    public async Task PullAsync_Unchanged_CostsOneHead()
    {
        await using TestStore test = await TestStore.StartAsync();
        test.Registry.Add("app", "latest", new TestImage().With(File("a")));
        await test.PullAsync("app");
        test.Registry.Requests.Clear();

        await test.PullAsync("app");

        Assert.Equal("HEAD /v2/app/manifests/latest", Assert.Single(test.Registry.Requests));
    }

    [Fact]
    public async Task PullAsync_TagMoved_KeepsTheOldImageByItsDigest()
    {
        await using TestStore test = await TestStore.StartAsync();
        test.Registry.Add("app", "latest", new TestImage().With(File("a", "1")));
        Image old = await test.PullAsync("app");
        test.Registry.Add("app", "latest", new TestImage().With(File("a", "2")));

        Image renewed = await test.PullAsync("app");

        Assert.NotEqual(old.Id, renewed.Id);
        Image kept = (await test.Store.FindAsync(old.Id))!;
        Assert.Empty(kept.RepoTags);
        Assert.Equal(old.RepoDigests, kept.RepoDigests);
        Assert.Equal(2, test.Store.List().Length);
    }

    [Fact]
    public async Task PullAsync_Index_TakesThisPlatform()
    {
        await using TestStore test = await TestStore.StartAsync();
        TestImage mine = test.Registry.Add("app", "mine", new TestImage().With(File("a")));
        byte[] index = Encoding.UTF8.GetBytes(
            $$$"""
            {"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.list.v2+json","manifests":[
            {"digest":"{{{Digest.Of("other"u8)}}}","size":1,"platform":{"os":"linux","architecture":"s390x"}},
            {"digest":"{{{Digest.Of(mine.Manifest)}}}","size":{{{mine.Manifest.Length}}},"platform":{"os":"linux","architecture":"{{{mine.Architecture}}}"} }]}
            """);
        test.Registry.AddManifest("app", "latest", "application/vnd.docker.distribution.manifest.list.v2+json", index);

        Image pulled = await test.PullAsync("app");

        Assert.Equal(mine.Id.ToString(), pulled.Id);
        Assert.EndsWith($"@{Digest.Of(index)}", Assert.Single(pulled.RepoDigests), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PullAsync_DockerSchema2AndPlainTar_AreTaken()
    {
        await using TestStore test = await TestStore.StartAsync();
        test.Registry.Add("app", "latest", new TestImage { ManifestType = "application/vnd.docker.distribution.manifest.v2+json" }
            .WithTar(Tar(File("plain", "tar")), compress: false));

        Image pulled = await test.PullAsync("app");

        Assert.Equal("tar", System.IO.File.ReadAllText(Path.Combine(pulled.Layers[0], "plain")));
    }

    [Fact]
    public async Task PullAsync_RegistryWithoutDigestHeader_IsAskedForTheManifest()
    {
        await using TestStore test = await TestStore.StartAsync();
        TestImage image = test.Registry.Add("app", "latest", new TestImage().With(File("a")));
        test.Registry.Intercept = async context =>
        {
            if (context.Request.Path != "/v2/app/manifests/latest")
            {
                return false;
            }

            await context.Response.Body.WriteAsync(context.Request.Method == "HEAD" ? [] : image.Manifest);
            return true;
        };

        Assert.Equal(image.Id.ToString(), (await test.PullAsync("app")).Id);
    }

    [Fact]
    public async Task PullAsync_SameImageManyTimesAtOnce_FetchesItOnce()
    {
        await using TestStore test = await TestStore.StartAsync();
        TestImage image = test.Registry.Add("app", "latest", new TestImage().With(File("a")).With(File("b")));

        Image[] pulled = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => test.PullAsync("app")));

        Assert.Single(pulled.Select(p => p.Id).Distinct());
        foreach ((byte[] blob, _) in image.Layers)
        {
            Assert.Single(test.Registry.Requests, request => request == $"GET /v2/app/blobs/{Digest.Of(blob)}");
        }
    }

    [Fact]
    public async Task PullAsync_ImagesThatShareLayers_FetchAndKeepThemOnce()
    {
        await using TestStore test = await TestStore.StartAsync();
        byte[] shared = Tar(File("base", "shared"));
        TestImage one = test.Registry.Add("one", "latest", new TestImage().WithTar(shared).With(File("one")));
        test.Registry.Add("two", "latest", new TestImage().WithTar(shared).With(File("two")));

        Image[] pulled = await Task.WhenAll(test.PullAsync("one"), test.PullAsync("two"));

        Assert.Equal(pulled[0].Layers[0], pulled[1].Layers[0]);
        Assert.Equal(3, test.LayerCount);
        Assert.Single(test.Registry.Requests, request => request.EndsWith($"/blobs/{Digest.Of(one.Layers[0].Blob)}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task PullAsync_ConnectionBrokenInTheMiddle_IsResumed()
    {
        await using TestStore test = await TestStore.StartAsync();
        string content = new('x', 3_000_000);
        TestImage image = test.Registry.Add("app", "latest", new TestImage().WithTar(Tar(File("big", content)), compress: false));
        byte[] blob = image.Layers[0].Blob;
        int broken = 0;
        test.Registry.Intercept = async context =>
        {
            if (!context.Request.Path.Value!.EndsWith(Digest.Of(blob).ToString(), StringComparison.Ordinal) || broken++ > 0)
            {
                return false;
            }

            context.Response.ContentLength = blob.Length;
            await context.Response.Body.WriteAsync(blob.AsMemory(0, 1_000_000));
            await context.Response.Body.FlushAsync();
            context.Abort();
            return true;
        };

        Image pulled = await test.PullAsync("app");

        Assert.Equal(2, broken);
        Assert.Equal(content, System.IO.File.ReadAllText(Path.Combine(pulled.Layers[0], "big")));
    }

    [Fact]
    public async Task PullAsync_ServerErrorThatPasses_IsTriedAgain()
    {
        await using TestStore test = await TestStore.StartAsync();
        test.Registry.Add("app", "latest", new TestImage().With(File("a")));
        int requests = 0;
        test.Registry.Intercept = context =>
        {
            context.Response.StatusCode = ++requests <= 2 ? 503 : 200;
            return Task.FromResult(requests <= 2);
        };

        Assert.NotNull(await test.PullAsync("app"));
    }

    [Fact]
    public async Task PullAsync_BlobRedirectedElsewhere_IsFollowed()
    {
        await using TestStore test = await TestStore.StartAsync();
        await using TestRegistry storage = await TestRegistry.StartAsync();
        TestImage image = test.Registry.Add("app", "latest", new TestImage().With(File("a", "moved")));
        Digest blob = Digest.Of(image.Layers[0].Blob);
        storage.Put("/elsewhere", "application/octet-stream", image.Layers[0].Blob);
        test.Registry.Intercept = context =>
        {
            bool isBlob = context.Request.Path == $"/v2/app/blobs/{blob}";
            if (isBlob)
            {
                context.Response.Redirect(new Uri(storage.Address, "/elsewhere").ToString());
            }

            return Task.FromResult(isBlob);
        };

        Assert.Equal("moved", System.IO.File.ReadAllText(Path.Combine((await test.PullAsync("app")).Layers[0], "a")));
    }

    [Fact]
    public async Task PullAsync_Cancelled_LeavesNothing()
    {
        await using TestStore test = await TestStore.StartAsync();
        test.Registry.Add("app", "latest", new TestImage().With(File("a")));
        using CancellationTokenSource cancellation = new();
        test.Registry.Intercept = async context =>
        {
            if (!context.Request.Path.Value!.Contains("/blobs/", StringComparison.Ordinal))
            {
                return false;
            }

            await cancellation.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
            return true;
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => test.Store.PullAsync($"{test.Registry.Domain}/app", null, cancellation.Token));
        test.AssertEmpty();
    }
}
