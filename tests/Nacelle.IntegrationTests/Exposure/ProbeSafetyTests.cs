using System.Globalization;
using Nacelle.Inspect.Exposure;
using Nacelle.Kubernetes.Exposure;
using Xunit;

namespace Nacelle.IntegrationTests.Exposure;

/// <summary>What a container could get hold of when it finds the probe among its processes.</summary>
public sealed class ProbeSafetyTests : IDisposable
{
    private readonly SubjectNamespace subjects = new();

    public void Dispose() => subjects.Dispose();

    [Fact]
    public async Task Probe_WhileTheContainerCanSeeIt_HoldsNothingThatTheObserverHasNot()
    {
        ulong capabilities = LinuxCapabilities.Mask("SYS_PTRACE", "SETUID", "SETGID");
        ExposedProcess observer = subjects.Spawn(new Credentials
        {
            Uids = IdTriple.All(0),
            Gids = IdTriple.All(0),
            Permitted = capabilities,
            Effective = capabilities,
            Bounding = capabilities,
        });
        ExposedProcess target = subjects.Spawn(new Credentials { Uids = IdTriple.All(7), Gids = IdTriple.All(7) });

        // Many attempts, so that it is there for a while.
        var state = new ObserverState([], observer.Identity.Credentials);
        Attempt[] attempts = [.. Enumerable.Repeat(new Attempt(target, target.PidFor(observer)!.Value, state), 2000)];
        int seen = 0;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (seen < 20)
        {
            deadline.Token.ThrowIfCancellationRequested();
            Task running = ExposureProbe.RunAsync(observer, [], attempts, deadline.Token);
            while (!running.IsCompleted)
            {
                seen += Probes(observer).Count(pid => IsHarmless(pid, capabilities));
            }

            await running;
        }

        Assert.InRange(seen, 20, int.MaxValue);
    }

    [Fact]
    public void Program_InMemory_CannotBeWritten()
    {
        using var file = Nacelle.Linux.Files.MemoryFile.Create("sealed", "content"u8);
        using var again = new FileStream(file.ProcPath, FileMode.Open, FileAccess.Read);
        Assert.Equal("content", new StreamReader(again).ReadToEnd());
        var fault = Assert.ThrowsAny<Exception>(() =>
        {
            using var writer = new FileStream(file.ProcPath, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            writer.Write("changed"u8);
        });
        Assert.True(fault is IOException or UnauthorizedAccessException, $"{fault}");
    }

    /// <summary>PIDs on the host of the probe's processes that are in the observer's PID namespace.</summary>
    private static IEnumerable<int> Probes(ExposedProcess observer)
    {
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out int pid) && Text(pid, "cmdline").StartsWith("nacelle-probe", StringComparison.Ordinal)
                && ExposedProcess.TryRead(pid) is { } process && process.Identity.PidNamespace == observer.Identity.PidNamespace)
            {
                yield return pid;
            }
        }
    }

    /// <summary>False for one that ended while it was looked at.</summary>
    private static bool IsHarmless(int pid, ulong capabilities)
    {
        if (ExposedProcess.TryRead(pid) is not { } process)
        {
            return false;
        }

        string[] open = [.. Links(pid)];
        if (ExposedProcess.TryRead(pid) is null)
        {
            return false;
        }

        Credentials now = process.Identity.Credentials;
        Assert.Equal(0UL, (now.Permitted | now.Effective | now.Inheritable | now.Bounding | now.Ambient) & ~capabilities);
        Assert.All(open, link => Assert.True(
            link.StartsWith("pipe:", StringComparison.Ordinal) || link.StartsWith("/memfd:nacelle-probe", StringComparison.Ordinal) || link.StartsWith("/proc/", StringComparison.Ordinal),
            $"the probe has {link} open"));
        return true;
    }

    private static IEnumerable<string> Links(int pid)
    {
        try
        {
            return [.. Directory.EnumerateFiles($"/proc/{pid}/fd").Select(path => new FileInfo(path).LinkTarget).OfType<string>()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string Text(int pid, string name)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/{name}");
        }
        catch (IOException)
        {
            return "";
        }
    }
}
