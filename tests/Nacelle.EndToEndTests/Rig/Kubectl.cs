using System.Text.Json.Nodes;
using Nacelle.EndToEndTests.Terminals;

namespace Nacelle.EndToEndTests.Rig;

/// <summary>One real kubectl that speaks to one Nacelle. Its caches live in the instance's directory, so versions and runs do not share them.</summary>
public sealed class Kubectl(KubectlBinary binary, string kubeconfig, string home)
{
    public KubectlBinary Binary => binary;

    private Dictionary<string, string> Environment => new()
    {
        ["KUBECONFIG"] = kubeconfig,
        ["HOME"] = home,
        // What a person's settings would change must not change a test.
        ["KUBECTL_EXTERNAL_DIFF"] = "",
        ["KUBE_EDITOR"] = "false",
    };

    /// <summary>Runs kubectl and returns how it ended, whatever that is.</summary>
    public Task<CommandResult> TryAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken, string? input = null, TimeSpan? deadline = null)
        => Command.RunAsync(binary.Path, arguments, cancellationToken, Environment, input, deadline);

    /// <summary>Runs kubectl with words separated by blanks; returns its output.</summary>
    /// <exception cref="InvalidOperationException">It failed; with everything it wrote.</exception>
    public async Task<string> RunAsync(string words, CancellationToken cancellationToken, string? input = null)
        => (await TryAsync(words.Split(' '), cancellationToken, input)).Succeeded();

    public async Task<JsonNode> GetAsync(string words, CancellationToken cancellationToken)
        => JsonNode.Parse(await RunAsync($"get {words} -o json", cancellationToken))!;

    /// <summary>Runs kubectl on a terminal.</summary>
    public Terminal Open(string words, int columns = 120, int rows = 40)
        => Terminal.Start(binary.Path, words.Split(' '), Environment.ToDictionary(pair => pair.Key, string? (pair) => pair.Value), columns, rows);
}
