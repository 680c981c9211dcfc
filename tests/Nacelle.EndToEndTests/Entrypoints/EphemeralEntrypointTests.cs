using Nacelle.EndToEndTests.Rig;
using Xunit;

namespace Nacelle.EndToEndTests.Entrypoints;

/// <summary>An ephemeral container that looks at another one's processes is not PID 1 either, though its Pod shares nothing.</summary>
public sealed class EphemeralEntrypointTests
{
    private const string Manifest = """
        apiVersion: v1
        kind: Pod
        metadata: {name: target}
        spec:
          terminationGracePeriodSeconds: 1
          containers:
          - {name: main, image: nacelle/tini, imagePullPolicy: IfNotPresent}
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Debug_TargetOfAnotherContainer_IsToldForTheEphemeralContainerAlone() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await nacelle.Kubectl.RunAsync("apply -f -", Cancellation, Manifest);
            await nacelle.Kubectl.RunAsync("wait --for=condition=Ready pod/target --timeout=60s", Cancellation);

            await nacelle.Kubectl.RunAsync("debug target --image=nacelle/tini --target=main -c looker", Cancellation);

            Assert.StartsWith(
                "Warning spec.ephemeralContainers{looker} tini is not PID 1, the target container's first process is (targetContainerName): ",
                Assert.Single(await EntrypointPod.SaidAsync(nacelle.Kubectl, "target", Cancellation, containers: 2)),
                StringComparison.Ordinal);
            await Eventually.GetAsync(
                token => nacelle.Kubectl.RunAsync("logs target -c looker", token),
                log => log.Contains("Tini is not running as PID 1", StringComparison.Ordinal),
                "tini's own warning",
                TimeSpan.FromSeconds(20),
                Cancellation);
            Assert.Equal("", await nacelle.Kubectl.RunAsync("logs target -c main", Cancellation));
        },
        Cancellation);
}
