using System.Globalization;
using YamlDotNet.Core;

namespace Nacelle.Kubernetes.Decoding;

/// <summary>The reference server's words for what its YAML library (a port of libyaml, as ours is) objects to.</summary>
internal static class YamlFaults
{
    public static string Word(YamlException fault)
    {
        string text = fault.Message;
        string said = Known(text);
        return string.Create(CultureInfo.InvariantCulture, $"yaml: line {fault.Start.Line}: {said}");
    }

    private static string Known(string text) => text switch
    {
        _ when text.Contains("cannot start any token", StringComparison.OrdinalIgnoreCase) => "found character that cannot start any token",
        _ when text.Contains("did not find expected ',' or '}'", StringComparison.OrdinalIgnoreCase) => "did not find expected ',' or '}'",
        _ when text.Contains("did not find expected ',' or ']'", StringComparison.OrdinalIgnoreCase) => "did not find expected ',' or ']'",
        _ when text.Contains("did not find expected key", StringComparison.OrdinalIgnoreCase) => "did not find expected key",
        _ when text.Contains("unexpected end of stream", StringComparison.OrdinalIgnoreCase) => "found unexpected end of stream",
        _ when text.Contains("mapping values are not allowed", StringComparison.OrdinalIgnoreCase) => "mapping values are not allowed in this context",
        _ => text.TrimEnd('.'),
    };
}
