using System.Globalization;
using Nacelle.EndToEndTests.Rig;
using Xunit;

namespace Nacelle.EndToEndTests.Features;

/// <summary>The node object, and the lease that says that its kubelet lives.</summary>
public sealed class NodeTests
{
    /// <summary>Two renewals: a kubelet renews every ten seconds.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(40);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Node_OfARunningKubelet_IsReadyAndItsLeaseIsRenewed() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            var name = nacelle.Layout.NodeName;
            await nacelle.Kubectl.RunAsync($"wait --for=condition=Ready node/{name} --timeout=30s", Cancellation);

            var node = await nacelle.Kubectl.GetAsync($"node {name}", Cancellation);
            var status = node["status"]!;
            Assert.Equal(
                ["DiskPressure=False", "MemoryPressure=False", "PIDPressure=False", "Ready=True"],
                status["conditions"]!.AsArray().Select(condition => $"{condition!["type"]}={condition["status"]}").Order(StringComparer.Ordinal));
            Assert.Equal(Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture), $"{status["capacity"]!["cpu"]}");
            Assert.Equal("110", $"{status["allocatable"]!["pods"]}");
            Assert.Contains(status["addresses"]!.AsArray(), address => $"{address!["type"]}" == "InternalIP");
            Assert.StartsWith("nacelle://", $"{status["nodeInfo"]!["containerRuntimeVersion"]}", StringComparison.Ordinal);
            Assert.Equal("linux", $"{node["metadata"]!["labels"]!["kubernetes.io/os"]}");

            var first = await RenewTimeAsync(nacelle, Cancellation);
            await Eventually.GetAsync(token => RenewTimeAsync(nacelle, token), time => time > first, "a renewed lease", Deadline, Cancellation);
        },
        Cancellation);

    [Fact]
    public Task Stop_OfNacelle_NodeIsReadyAgainAfterItsNextStart() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            var node = $"node {nacelle.Layout.NodeName}";
            var before = (await nacelle.Kubectl.GetAsync(node, Cancellation))["metadata"]!;

            await nacelle.StopAndRestartAsync(Cancellation);

            await nacelle.Kubectl.RunAsync($"wait --for=condition=Ready node/{nacelle.Layout.NodeName} --timeout=30s", Cancellation);
            Assert.Equal($"{before["uid"]}", $"{(await nacelle.Kubectl.GetAsync(node, Cancellation))["metadata"]!["uid"]}");
        },
        Cancellation);

    private static async Task<DateTimeOffset> RenewTimeAsync(NacelleInstance nacelle, CancellationToken cancellationToken)
    {
        var lease = await nacelle.Kubectl.GetAsync($"lease {nacelle.Layout.NodeName} -n kube-node-lease", cancellationToken);
        return DateTimeOffset.Parse($"{lease["spec"]!["renewTime"]}", CultureInfo.InvariantCulture);
    }
}
