using Nacelle.EndToEndTests.Rig;
using Xunit;

namespace Nacelle.EndToEndTests.BadInput;

/// <summary>Pods that are accepted and can't run: each says why in its status, and in an event.</summary>
public sealed class WaitingPodTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("image: no-such-image-anywhere", "ErrImagePull", "Failed")]
    [InlineData("image: no-such-image-anywhere", "ImagePullBackOff", "BackOff")]
    [InlineData("image: 'Not:A:Reference'", "InvalidImageName", "InspectFailed")]
    [InlineData("image: never-pulled, imagePullPolicy: Never", "ErrImageNeverPull", "ErrImageNeverPull")]
    [InlineData("image: busybox, env: [{name: A, valueFrom: {configMapKeyRef: {name: absent, key: a}}}]", "CreateContainerConfigError", "Failed")]
    [InlineData("image: busybox, env: [{name: A, valueFrom: {secretKeyRef: {name: absent, key: a}}}]", "CreateContainerConfigError", "Failed")]
    [InlineData("image: busybox, securityContext: {runAsNonRoot: true}", "CreateContainerConfigError", "Failed")]
    [InlineData("image: nacelle/no-command", "CreateContainerError", "Failed")]
    [InlineData("image: busybox, command: [/no/such/program]", "RunContainerError", "Failed")]
    [InlineData("image: busybox, command: [\"false\"]", "CrashLoopBackOff", "BackOff")]
    public Task Apply_ContainerThatCannotRun_WaitsWithTheReason(string container, string reason, string eventReason) => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await nacelle.Kubectl.RunAsync(
                "apply -f -",
                Cancellation,
                "apiVersion: v1\nkind: Pod\nmetadata: {name: stuck}\nspec: {terminationGracePeriodSeconds: 1, containers: [{name: main, " + container + "}]}\n");

            await Eventually.GetAsync(
                token => Pod.WaitingAsync(nacelle.Kubectl, "stuck", token),
                waiting => waiting.StartsWith(reason + ":", StringComparison.Ordinal),
                $"waiting with {reason}",
                Deadline,
                Cancellation);
            await Eventually.GetAsync(
                async token => string.Join('\n', await Pod.EventsAsync(nacelle.Kubectl, "stuck", token)),
                events => events.Contains($" {eventReason} ", StringComparison.Ordinal),
                $"an event {eventReason}",
                Deadline,
                Cancellation);
        },
        Cancellation);

    [Fact]
    public Task Apply_RequestLargerThanTheMachine_StaysPendingWithTheSchedulersWords() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await nacelle.Kubectl.RunAsync(
                "apply -f -",
                Cancellation,
                "apiVersion: v1\nkind: Pod\nmetadata: {name: big}\nspec: {containers: [{name: main, image: busybox, resources: {requests: {cpu: 4k}}}]}\n");

            var message = await Eventually.GetAsync(
                token => nacelle.Kubectl.RunAsync("get pod big -o jsonpath={.status.conditions[?(@.type==\"PodScheduled\")].message}", token),
                text => text.Contains("Insufficient cpu", StringComparison.Ordinal),
                "PodScheduled with a message",
                Deadline,
                Cancellation);
            Assert.StartsWith("0/1 nodes are available: 1 Insufficient cpu.", message);
            Assert.Contains($"Warning FailedScheduling {message}", await Pod.EventsAsync(nacelle.Kubectl, "big", Cancellation));
        },
        Cancellation);
}
