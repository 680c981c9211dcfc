using System.Text;

namespace Nacelle.EndToEndTests.Rig;

/// <summary>
/// A whole Nacelle for one test: its own directories, ports, bridge, cgroup and kubeconfig. <see cref="RunAsync"/> starts it, runs the test, ends its Pods,
/// stops it and fails when anything of it is left on the machine.
/// </summary>
public sealed class NacelleInstance
{
    private static readonly TimeSpan ReadyTime = TimeSpan.FromSeconds(20);

    private readonly List<NacelleProcess> _processes = [];
    private static readonly string[] Parts = ["apiserver", "controllers", "runtime", "kubelet"];

    private readonly bool _separateParts;

    private NacelleInstance(bool separateParts, IReadOnlyList<string>? engineOptions)
        => (_separateParts, Layout) = (separateParts, new InstanceLayout(engineOptions));

    public InstanceLayout Layout { get; }

    /// <summary>The process to signal and to measure; the first of four when the parts are separate.</summary>
    public NacelleProcess Process => _processes[0];

    /// <summary>The newest kubectl of the machine, speaking to this instance.</summary>
    public Kubectl Kubectl => KubectlOf(KubectlBinary.Newest);

    public Kubectl KubectlOf(KubectlBinary binary) => new(binary, Layout.Kubeconfig, Layout.Home);

    /// <param name="test">The test; its failure comes out with Nacelle's log behind it.</param>
    /// <param name="separateParts">Whether the four parts run as four processes.</param>
    /// <param name="engineOptions">More options of <c>nacelle runtime</c>.</param>
    public static async Task RunAsync(
        Func<NacelleInstance, Task> test, CancellationToken cancellationToken, bool separateParts = false, IReadOnlyList<string>? engineOptions = null)
    {
        var instance = new NacelleInstance(separateParts, engineOptions);
        var before = MachineFootprint.Take();
        List<Exception> failures = [];
        try
        {
            Directory.CreateDirectory(instance.Layout.Home);
            await instance.StartAsync(cancellationToken);
            await test(instance);
        }
        catch (Exception exception)
        {
            failures.Add(exception);
        }

        await instance.CleanUpAsync(before, failures, cancellationToken);
        if (failures.Count > 0)
        {
            throw new InstanceFailureException(failures, await instance.ReadLogAsync());
        }

        Directory.Delete(instance.Layout.Directory, recursive: true);
    }

    /// <summary>Starts the processes and waits until the API is ready and the node is there.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        string[] commands = _separateParts ? Parts : ["serve"];
        foreach (var command in commands)
        {
            _processes.Add(NacelleProcess.Start(command, Layout.OptionsOf(command), Layout.LogPath));
        }

        await WaitUntilReadyAsync(cancellationToken);
        await File.WriteAllTextAsync(
            Layout.Kubeconfig,
            (await NacelleAsync(["kubeconfig", "--state-dir", Layout.StateDirectory], cancellationToken)).Succeeded(),
            cancellationToken);
    }

    /// <summary>Runs the nacelle command line.</summary>
    public static Task<CommandResult> NacelleAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
        => Command.RunAsync(NacelleProcess.ExecutablePath, arguments, cancellationToken);

    /// <summary>SIGKILLs every process of the instance, then starts them again.</summary>
    public async Task KillAndRestartAsync(CancellationToken cancellationToken)
    {
        foreach (var process in _processes)
        {
            await process.KillAsync();
        }

        await StartAgainAsync(cancellationToken);
    }

    /// <summary>SIGTERMs every process of the instance, then starts them again.</summary>
    public async Task StopAndRestartAsync(CancellationToken cancellationToken)
    {
        await StopAsync();
        await StartAgainAsync(cancellationToken);
    }

    /// <summary>Stops one of the separate parts; <see cref="StartPartAsync"/> must start it again before the test ends.</summary>
    public Task StopPartAsync(string part) => _processes[Array.IndexOf(Parts, part)].StopAsync();

    /// <summary>Starts a part again and waits until it answers.</summary>
    public async Task StartPartAsync(string part, CancellationToken cancellationToken)
    {
        var index = Array.IndexOf(Parts, part);
        await _processes[index].DisposeAsync();
        _processes[index] = NacelleProcess.Start(part, Layout.OptionsOf(part), Layout.LogPath);
        await WaitUntilReadyAsync(cancellationToken);
    }

    public async Task StopAsync()
    {
        // Last started, first stopped: the API server is there for the others' last words.
        for (var i = _processes.Count - 1; i >= 0; i--)
        {
            await _processes[i].StopAsync();
        }
    }

    public async Task<string> ReadLogAsync()
        => File.Exists(Layout.LogPath) ? await File.ReadAllTextAsync(Layout.LogPath) : "(no log)";

    private async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }

        _processes.Clear();
        await StartAsync(cancellationToken);
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        // The certificate is the instance's own; that kubectl accepts it is for the tests to show.
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator };
        using var client = new HttpClient(handler);
        await Eventually.GetAsync(
            async token =>
            {
                if (_processes.Find(process => process.HasExited) is { } ended)
                {
                    throw new InvalidOperationException($"{ended.CommandLine} ended with {ended.ExitCode} before it was ready");
                }

                try
                {
                    // In parts the kubelet comes last: until it listens, attach and exec have nobody to go to.
                    using var kubelet = await client.GetAsync(new Uri($"https://127.0.0.1:{Layout.KubeletPort}/healthz"), token);
                    using var response = await client.GetAsync(new Uri($"https://127.0.0.1:{Layout.ApiPort}/readyz"), token);
                    return $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(token)}";
                }
                catch (HttpRequestException exception)
                {
                    return exception.Message;
                }
            },
            answer => answer.StartsWith("200 ", StringComparison.Ordinal),
            "/readyz answering 200",
            ReadyTime,
            cancellationToken);
    }

    private async Task DeletePodsAsync(MachineFootprint before, CancellationToken cancellationToken)
    {
        if (File.Exists(Layout.Kubeconfig) && !_processes.Exists(process => process.HasExited))
        {
            await Kubectl.RunAsync("delete pods --all --all-namespaces --grace-period=1 --timeout=30s", cancellationToken);
            // The object of a Pod that had ended goes at once, its files follow; only a kubelet that runs can remove them.
            await LeakCheck.AssertNoPodsLeftAsync(Layout, before);
        }
    }

    private async Task CleanUpAsync(MachineFootprint before, List<Exception> failures, CancellationToken cancellationToken)
    {
        foreach (var step in new Func<Task>[] { () => DeletePodsAsync(before, cancellationToken), StopAsync })
        {
            try
            {
                await step();
            }
            catch (Exception exception)
            {
                failures.Add(exception);
            }
        }

        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }

        try
        {
            var down = await NacelleAsync(["down", .. Layout.Options], CancellationToken.None);
            if (down.ExitCode != 0)
            {
                failures.Add(new InvalidOperationException(down.ToString()));
            }

            await LeakCheck.AssertNothingLeftAsync(Layout, before);
        }
        catch (Exception exception)
        {
            failures.Add(exception);
        }
    }
}
