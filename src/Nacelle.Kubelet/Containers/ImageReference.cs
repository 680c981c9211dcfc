using System.Text.RegularExpressions;

namespace Nacelle.Kubelet.Containers;

/// <summary>The grammar of image names (CNCF distribution's reference format), as far as a kubelet needs it.</summary>
internal static partial class ImageReference
{
    /// <summary>The name with <c>:latest</c> where it has neither tag nor digest, or null when it is no image name.</summary>
    public static string? WithDefaultTag(string image)
    {
        var match = Grammar().Match(image);
        if (!match.Success || match.Groups["name"].Length > 255)
        {
            return null;
        }

        return match.Groups["tag"].Success || match.Groups["digest"].Success ? image : image + ":latest";
    }

    /// <summary>The policy where the spec gives none: Always for <c>latest</c>, else IfNotPresent.</summary>
    public static string DefaultPolicy(string image) =>
        WithDefaultTag(image) is { } tagged && tagged.EndsWith(":latest", StringComparison.Ordinal) ? "Always" : "IfNotPresent";

    [GeneratedRegex("""
        ^(?<name>(?:(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*)(?::(?<tag>[\w][\w.-]{0,127}))?(?:@(?<digest>[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?$
        """, RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Grammar();
}
