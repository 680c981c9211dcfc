using Nacelle.Linux.Namespaces;
using Nacelle.Linux.Netlink;
using Xunit;

namespace Nacelle.IntegrationTests.Networking;

public sealed class NetworkNamespaceTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("nacelle-netns-").FullName;

    public NetworkNamespaceTests() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");

    [Fact]
    public void Create_NewPath_MakesNamespaceWithOnlyLoopbackUp()
    {
        var path = Path.Combine(_directory, "a");
        NetworkNamespace.Create(path);

        Assert.True(NetworkNamespace.Exists(path));
        var links = NetworkNamespace.Run(path, () =>
        {
            using var route = new RouteNetlink();
            return route.ListLinks();
        });
        Assert.Equal("lo", Assert.Single(links, l => l.IsUp).Name);
        Assert.DoesNotContain(links, l => l.Name == "eth0");
        NetworkNamespace.Remove(path);
    }

    [Fact]
    public void Create_ExistingFile_FailsAndKeepsIt()
    {
        var path = Path.Combine(_directory, "b");
        File.WriteAllText(path, "mine");

        Assert.Throws<IOException>(() => NetworkNamespace.Create(path));
        Assert.Equal("mine", File.ReadAllText(path));
        Assert.False(NetworkNamespace.Exists(path));
    }

    [Fact]
    public void Remove_Twice_LeavesNoMountAndNoFile()
    {
        var path = Path.Combine(_directory, "c");
        NetworkNamespace.Create(path);

        NetworkNamespace.Remove(path);
        NetworkNamespace.Remove(path);

        Assert.False(File.Exists(path));
        Assert.DoesNotContain(path, File.ReadAllText("/proc/self/mountinfo"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_ManyAtOnce_NoThreadStaysInTheNamespace()
    {
        var path = Path.Combine(_directory, "d");
        NetworkNamespace.Create(path);
        try
        {
            var inside = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ =>
                NetworkNamespace.RunAsync(path, () => Identity("/proc/thread-self/ns/net"))));

            var there = Assert.Single(inside.Distinct());
            Assert.NotEqual(Identity("/proc/self/ns/net"), there);
            var threads = Directory.EnumerateDirectories("/proc/self/task").Select(task => TryIdentity(task + "/ns/net")).OfType<string>();
            Assert.DoesNotContain(there, threads);
        }
        finally
        {
            NetworkNamespace.Remove(path);
        }
    }

    [Fact]
    public void Run_FunctionThrows_ExceptionReachesTheCaller()
    {
        var path = Path.Combine(_directory, "e");
        NetworkNamespace.Create(path);

        Assert.Throws<InvalidDataException>(() => NetworkNamespace.Run<int>(path, () => throw new InvalidDataException()));
        NetworkNamespace.Remove(path);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static string Identity(string path) => new FileInfo(path).LinkTarget!;

    private static string? TryIdentity(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (IOException)
        {
            return null; // the thread ended meanwhile
        }
    }
}
