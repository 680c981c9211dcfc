using System.Collections.Immutable;
using System.Text.Json;

namespace Nacelle.Kubernetes.Entrypoints;

/// <summary>What the configuration of an image says about the first process. Source: the OCI image specification, "Image Configuration".</summary>
public sealed record ImageConfiguration
{
    public ImmutableArray<string> Entrypoint { get; init; } = [];

    public ImmutableArray<string> Cmd { get; init; } = [];

    /// <summary>As <c>NAME=VALUE</c>.</summary>
    public ImmutableArray<string> Env { get; init; } = [];

    /// <summary>The commands that built the image (<c>history[].created_by</c>).</summary>
    public ImmutableArray<string> BuildSteps { get; init; } = [];

    /// <summary>
    /// Reads the document that runtimes give as <c>info</c> of CRI's verbose ImageStatus: <c>{"imageSpec": CONFIGURATION, …}</c>, as containerd,
    /// CRI-O and Nacelle do. An image is made by others: what has an unexpected form is left out.
    /// </summary>
    /// <returns>Null where it is no such document.</returns>
    public static ImageConfiguration? FromInfo(string info)
    {
        try
        {
            using var document = JsonDocument.Parse(info);
            if (Member(document.RootElement, "imageSpec") is not { ValueKind: JsonValueKind.Object } image)
            {
                return null;
            }

            var config = Member(image, "config");
            return new ImageConfiguration
            {
                Entrypoint = Texts(Member(config, "Entrypoint")),
                Cmd = Texts(Member(config, "Cmd")),
                Env = Texts(Member(config, "Env")),
                BuildSteps = [.. Items(Member(image, "history")).Select(step => Text(Member(step, "created_by"))).OfType<string>()],
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonElement? Member(JsonElement? element, string name) =>
        element is { ValueKind: JsonValueKind.Object } parent && parent.TryGetProperty(name, out var member) ? member : null;

    private static IEnumerable<JsonElement> Items(JsonElement? element) =>
        element is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : Enumerable.Empty<JsonElement>();

    private static ImmutableArray<string> Texts(JsonElement? element) => [.. Items(element).Select(item => Text(item)).OfType<string>()];

    private static string? Text(JsonElement? element)
    {
        try
        {
            return element is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair is JSON, but no text.
            return null;
        }
    }
}
