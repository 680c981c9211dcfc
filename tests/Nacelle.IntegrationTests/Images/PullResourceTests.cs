using System.Security.Cryptography;
using Nacelle.Linux.Mounts;
using Nacelle.Runtime.Images;
using Xunit;
using static Nacelle.IntegrationTests.Images.TestImage;

namespace Nacelle.IntegrationTests.Images;

/// <summary>Memory, disk and work that pulls share.</summary>
[Collection(MeasuredAlone.Name)]
public sealed class PullResourceTests
{
    [Fact]
    public async Task PullAsync_LargeLayer_IsNeverHeldInMemory()
    {
        const int size = 128 << 20;
        await using TestStore test = await TestStore.StartAsync();
        byte[][] parts = [.. LargeArchive(size)];
        long length = parts.Sum(part => (long)part.Length);
        Digest digest = Hash(parts);
        test.Registry.Add("app", "latest", new TestImage().WithPromise(digest, length));
        test.Registry.Intercept = async context =>
        {
            if (!context.Request.Path.Value!.EndsWith(digest.ToString(), StringComparison.Ordinal))
            {
                return false;
            }

            context.Response.ContentLength = length;
            foreach (byte[] part in parts)
            {
                await context.Response.Body.WriteAsync(part);
            }

            return true;
        };
        long before = GC.GetTotalAllocatedBytes(precise: true);

        Image pulled = await test.PullAsync("app");

        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.Equal(size, new FileInfo(Path.Combine(pulled.Layers[0], "big")).Length);
        // The registry runs in this process too: what both sides allocate together is a fraction of what went through.
        Assert.InRange(allocated, 0, size / 4);
    }

    [Fact]
    public async Task PullAsync_DiskFull_SaysSoAndKeepsNothing()
    {
        await using TestStore test = await TestStore.StartAsync();
        string layers = Path.Combine(test.Root, "tmp");
        FileSystemMount.Tmpfs(layers, 1 << 20);
        try
        {
            test.Registry.Add("app", "latest", new TestImage().With(File("big", new string('x', 4 << 20))));

            ImageException failure = await test.FailAsync("app");

            Assert.Equal(ImageError.Store, failure.Error);
            Assert.Contains("No space left on device", failure.Message, StringComparison.Ordinal);
            test.AssertEmpty();
        }
        finally
        {
            FileSystemMount.Unmount(layers);
        }
    }

    [Fact]
    public async Task PullAsync_FailureBesideAPullOfTheSameLayer_DoesNotTouchIt()
    {
        await using TestStore test = await TestStore.StartAsync();
        byte[] shared = Tar(File("base"));
        TestImage bad = test.Registry.Add("bad", "latest", new TestImage().WithTar(shared).With(File("bad")));
        TestImage good = test.Registry.Add("good", "latest", new TestImage().WithTar(shared).With(File("good")));
        TaskCompletionSource sharedAsked = new(), goodAsked = new(), badFailed = new();
        test.Registry.Intercept = async context =>
        {
            string path = context.Request.Path.Value!;
            if (path.EndsWith(Digest.Of(bad.Layers[0].Blob).ToString(), StringComparison.Ordinal))
            {
                sharedAsked.TrySetResult();
                await badFailed.Task;
            }
            else if (path.EndsWith(Digest.Of(bad.Layers[1].Blob).ToString(), StringComparison.Ordinal))
            {
                await goodAsked.Task;
                context.Response.StatusCode = 404;
                return true;
            }
            else if (path.EndsWith(Digest.Of(good.Layers[1].Blob).ToString(), StringComparison.Ordinal))
            {
                goodAsked.TrySetResult();
            }

            return false;
        };

        Task<ImageException> failing = test.FailAsync("bad");
        await sharedAsked.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Task<Image> working = test.PullAsync("good");
        Assert.Equal(ImageError.NotFound, (await failing).Error);
        badFailed.SetResult();

        Assert.Equal(2, (await working).Layers.Length);
        Assert.Single(test.Registry.Requests, request => request.EndsWith(Digest.Of(bad.Layers[0].Blob).ToString(), StringComparison.Ordinal));
    }

    /// <summary>An archive of one file, as parts of which all but the first and last are the same array.</summary>
    private static IEnumerable<byte[]> LargeArchive(int size)
    {
        byte[] header = Tar(File("big"));
        byte[] block = header[^(1024 + 512)..^1024];
        System.Text.Encoding.ASCII.GetBytes(Convert.ToString(size, 8).PadLeft(11, '0')).CopyTo(block, 124);
        System.Text.Encoding.ASCII.GetBytes("        ").CopyTo(block, 148);
        System.Text.Encoding.ASCII.GetBytes(Convert.ToString(block.Sum(b => b), 8).PadLeft(6, '0') + "\0 ").CopyTo(block, 148);
        byte[] megabyte = new byte[1 << 20];
        yield return block;
        for (int i = 0; i < size >> 20; i++)
        {
            yield return megabyte;
        }

        yield return new byte[1024];
    }

    private static Digest Hash(byte[][] parts)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (byte[] part in parts)
        {
            hash.AppendData(part);
        }

        return Digest.FromSha256(hash.GetHashAndReset());
    }
}
