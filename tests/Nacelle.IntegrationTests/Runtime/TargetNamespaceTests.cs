using Runtime.V1;
using Xunit;

namespace Nacelle.IntegrationTests.Runtime;

public sealed class TargetNamespaceTests : IDisposable
{
    private readonly List<FileStream> takers = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StartContainer_TargetEndsMeanwhile_JoinsTheSameNamespaceAllTheSame()
    {
        using var crun = new WrappedCrun("create", "if test -e $lab/hold; then touch $lab/held; while test -e $lab/hold; do sleep 0.05; done; fi");
        await using var lab = await RuntimeLab.StartAsync(ociRuntime: crun.Path);
        var sandbox = lab.SandboxConfig();
        var sandboxId = await lab.RunSandboxAsync(sandbox);
        var target = await lab.RunAsync(sandboxId, sandbox, lab.ContainerConfig("target", "sleep", "1001"));
        var config = lab.ContainerConfig("debugger", "sleep", "1002");
        config.Linux.SecurityContext.NamespaceOptions = new NamespaceOption { Pid = NamespaceMode.Target, TargetId = target };
        var id = await lab.CreateAsync(sandboxId, sandbox, config);

        File.WriteAllText($"{lab.Directory}/hold", "");
        var start = lab.Runtime.StartContainerAsync(new StartContainerRequest { ContainerId = id }, cancellationToken: Cancellation).ResponseAsync;
        await lab.WaitAsync(() => Task.FromResult(File.Exists($"{lab.Directory}/held")), "the OCI runtime to be held");
        await lab.Runtime.StopContainerAsync(new StopContainerRequest { ContainerId = target }, cancellationToken: Cancellation);

        // The numbers of the descriptors that the target has given back mean something else from here on.
        takers.AddRange(Enumerable.Range(0, 50).Select(_ => File.OpenRead("/dev/null")));
        File.Delete($"{lab.Directory}/hold");
        await start;

        Assert.Contains("/pause", await lab.ShellAsync(id, "ps"), StringComparison.Ordinal);
    }

    public void Dispose() => takers.ForEach(taker => taker.Dispose());
}
