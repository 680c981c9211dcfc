using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Nacelle.Inspect.Processes;
using Nacelle.Linux.Cgroups;
using Nacelle.Linux.Processes;
using Xunit;

namespace Nacelle.IntegrationTests.Inspect;

/// <summary>A control group with programs in it that stand for the containers of one Pod. Its end is theirs.</summary>
internal sealed class ProcessLab : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly List<Process> _started = [];
    private readonly Cgroup _root;

    public ProcessLab()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        Tree = CgroupTree.Detect().WithOnly("pids", "memory", "cpuacct");
        _root = Tree.Open($"/nacelle-test-{Guid.NewGuid():N}");
        _root.Create();
        Processes = new PodProcesses(Tree);
    }

    public CgroupTree Tree { get; }

    public PodProcesses Processes { get; }

    public InspectedPod Pod { get; } = new("default", "lab", Guid.NewGuid().ToString(), ImmutableDictionary<string, string>.Empty);

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Starts a program as the first process of a container. It is in the control group before it runs.</summary>
    public async Task<LabContainer> StartAsync(string name, string program, params string[] arguments)
    {
        var group = Tree.Open($"{_root.Path}/{name}");
        group.Create();
        var start = new ProcessStartInfo("sh", ["-c", "read go; exec \"$@\"", "sh", program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["SECRET"] = "value-of-the-environment";
        var process = Process.Start(start)!;
        _started.Add(process);
        group.Add(process.Id);
        await process.StandardInput.WriteLineAsync("go".AsMemory(), Cancellation);
        await process.StandardInput.FlushAsync(Cancellation);
        await UntilAsync(() => ProcessFacts.TryRead(process.Id)?.Name is not "sh" and not null || program == "sh", $"{program} runs");
        return new LabContainer(this, name, group.Path, process);
    }

    /// <summary>A perl program that does what it is told, line by line, and answers each with <c>done</c>.</summary>
    public Task<LabContainer> StartObedientAsync(string name = "app") => StartAsync(name, "perl", "-e", """
        $| = 1;
        while (<STDIN>) {
            chomp;
            if ($_ eq "exec") { print "done\n"; exec "sleep", "1000" }
            elsif ($_ eq "setuid") { ($<, $>) = (65534, 65534) }
            elsif ($_ eq "zombie") { fork or exit 0 }
            elsif ($_ eq "child") { fork or do { close STDIN; close STDOUT; exec "sleep", "1000" } }
            elsif ($_ eq "reap") { wait }
            elsif ($_ eq "ignore") { $SIG{USR1} = "IGNORE" }
            elsif ($_ eq "handle") { $SIG{USR1} = sub { print "usr1\n" } }
            print "done\n";
        }
        """);

    /// <summary>Waits for a condition, with a deadline.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < Deadline, $"not within {Deadline.TotalSeconds} s: {what}");
            await Task.Delay(5, Cancellation);
        }
    }

    /// <summary>What stands for a container whose first process is this one.</summary>
    public InspectedContainer Describe(string name, string group, int mainPid)
    {
        var probe = ContainerProbe.TryRead(Tree, mainPid) ?? throw new InvalidOperationException($"process {mainPid} has ended");
        Assert.Equal(group, probe.CgroupPath);
        return new InspectedContainer
        {
            Pod = Pod,
            Name = name,
            Id = string.Create(CultureInfo.InvariantCulture, $"{name}-{mainPid}"),
            Kind = ContainerKind.Regular,
            MainPid = mainPid,
            MainStartTicks = probe.StartTicks,
            CgroupPath = probe.CgroupPath,
            NamespaceDepth = probe.NamespaceDepth,
            PidNamespace = probe.PidNamespace,
        };
    }

    public async ValueTask DisposeAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        await _root.DestroyAsync(deadline.Token);
        foreach (var process in _started)
        {
            await process.WaitForExitAsync(deadline.Token);
            process.Dispose();
        }

        Assert.False(_root.Exists);
    }
}
