using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Nacelle.EndToEndTests.Rig;
using Xunit;

namespace Nacelle.EndToEndTests.Inspect;

/// <summary>What clients learn of the group before they ask for a process, from the API server and from the kubelet's port.</summary>
public sealed partial class ExplainTests
{
    private const string Group = "apis/inspect.nacelle.dev/v1alpha1";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Explain_EachKubectlAtBothPorts_PrintsDescriptionsAndTheDocumentsAreTheSame() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            var toKubelet = await WriteKubeconfigAsync(nacelle.Layout);
            foreach (var binary in KubectlBinary.All)
            {
                await ExplainAsync(nacelle.KubectlOf(binary));
                await ExplainAsync(new Kubectl(binary, toKubelet, $"{nacelle.Layout.Home}/kubelet"));
            }

            await CompareAsync(nacelle.Kubectl, new Kubectl(KubectlBinary.Newest, toKubelet, $"{nacelle.Layout.Home}/kubelet"));
        },
        Cancellation);

    private static async Task ExplainAsync(Kubectl kubectl)
    {
        var process = Joined(await kubectl.RunAsync("explain process", Cancellation));
        Assert.Contains("A process of a running Pod, read from /proc when it is asked for and kept nowhere.", process);
        Assert.Contains("What was seen of the process; there is no spec, as nobody asks for a process.", process);

        var status = Joined(await kubectl.RunAsync("explain processes.status", Cancellation));
        Assert.Contains("cpuTimeMilliseconds <integer> ", status);
        Assert.Contains("Processor time that all its threads used since its start, in milliseconds.", status);
        Assert.DoesNotContain("<no description>", status);

        var one = Joined(await kubectl.RunAsync("explain process.status.state", Cancellation));
        Assert.Contains("DESCRIPTION: What the kernel says the process does; a Zombie has ended and waits for its parent to ask how.", one);

        var all = await kubectl.RunAsync("explain process --recursive", Cancellation);
        Assert.Contains("residentMemory\t<", all);
        Assert.Contains("creationTimestamp\t<string>", all);
    }

    private static async Task CompareAsync(Kubectl apiServer, Kubectl kubelet)
    {
        foreach (var path in new[] { $"/openapi/v3/{Group}", "/apis/inspect.nacelle.dev", $"/{Group}" })
        {
            Assert.Equal(await apiServer.RunAsync($"get --raw {path}", Cancellation), await kubelet.RunAsync($"get --raw {path}", Cancellation));
        }

        var index = (await RawAsync(kubelet, "/openapi/v3"))["paths"]!.AsObject();
        var whole = (await RawAsync(apiServer, "/openapi/v3"))["paths"]!;
        Assert.Equal(Group, Assert.Single(index).Key);
        Assert.Equal((string?)whole[Group]!["serverRelativeURL"], (string?)index[Group]!["serverRelativeURL"]);

        var own = await RawAsync(kubelet, "/openapi/v2");
        var everything = await RawAsync(apiServer, "/openapi/v2");
        foreach (var part in new[] { "paths", "definitions" })
        {
            Assert.NotEmpty(own[part]!.AsObject());
            Assert.All(own[part]!.AsObject(), entry => Assert.True(JsonNode.DeepEquals(entry.Value, everything[part]![entry.Key]), entry.Key));
        }
    }

    private static async Task<JsonNode> RawAsync(Kubectl kubectl, string path) => JsonNode.Parse(await kubectl.RunAsync($"get --raw {path}", Cancellation))!;

    /// <summary>A kubeconfig that asks the kubelet as the API server does: by its certificate.</summary>
    private static async Task<string> WriteKubeconfigAsync(InstanceLayout layout)
    {
        var path = $"{layout.Directory}/kubelet.kubeconfig";
        var pki = $"{layout.StateDirectory}/pki";
        await File.WriteAllTextAsync(
            path,
            $$"""
            apiVersion: v1
            kind: Config
            current-context: kubelet
            clusters: [{name: kubelet, cluster: {server: "https://127.0.0.1:{{layout.KubeletPort}}", certificate-authority: {{pki}}/ca.crt} }]
            users: [{name: apiserver, user: {client-certificate: {{pki}}/apiserver-kubelet-client.crt, client-key: {{pki}}/apiserver-kubelet-client.key} }]
            contexts: [{name: kubelet, context: {cluster: kubelet, user: apiserver} }]
            """,
            Cancellation);
        return path;
    }

    /// <summary>kubectl breaks lines where it likes to.</summary>
    private static string Joined(string text) => Blanks().Replace(text, " ");

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
