using Nacelle.EndToEndTests.Rig;
using Xunit;

namespace Nacelle.EndToEndTests.Entrypoints;

/// <summary>What kubectl prints when the manifest's own command gives it away.</summary>
public sealed class EntrypointWarningTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Apply_CommandThatInsistsOnPid1_IsWarnedOfAtOnce() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            var result = await nacelle.Kubectl.TryAsync(["apply", "-f", "-"], Cancellation, Manifest("shareProcessNamespace: true"));

            Assert.Equal(0, result.ExitCode);
            Assert.Contains(
                "Warning: spec.containers[0].command: runit insists on being PID 1, but /pause is (shareProcessNamespace: true): it ends at once",
                result.Errors, StringComparison.Ordinal);
            Assert.Contains("Warning: spec.containers[1].command: tini is not PID 1, /pause is (shareProcessNamespace: true): ", result.Errors, StringComparison.Ordinal);
            Assert.Equal(2, (await EntrypointPod.SaidAsync(nacelle.Kubectl, "warned", Cancellation, containers: 2)).Count);
        },
        Cancellation);

    [Fact]
    public Task Apply_SameCommandInItsOwnNamespace_IsNotWarnedOf() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            var result = await nacelle.Kubectl.TryAsync(["apply", "-f", "-"], Cancellation, Manifest("shareProcessNamespace: false"));

            Assert.Equal((0, ""), (result.ExitCode, result.Errors));
            await nacelle.Kubectl.RunAsync("wait --for=condition=Ready pod/warned --timeout=60s", Cancellation);
            Assert.Empty(await EntrypointPod.SaidAsync(nacelle.Kubectl, "warned", Cancellation, containers: 2));
        },
        Cancellation);

    private static string Manifest(string field) => $$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: warned}
        spec:
          {{field}}
          restartPolicy: Never
          terminationGracePeriodSeconds: 1
          containers:
          - {name: one, image: nacelle/runit, imagePullPolicy: IfNotPresent, command: [sh, -c, "exec runit"]}
          - {name: two, image: nacelle/tini, imagePullPolicy: IfNotPresent, command: [env, A=b, tini, --, sleep, "1111"]}
        """;
}
