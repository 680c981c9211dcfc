namespace Nacelle.ApiServer.Resources.Pod;

/// <summary>The parts of an image's name that a default depends on (grammar of the distribution reference).</summary>
internal static class ImageReference
{
    /// <summary>Whether the name means the tag <c>latest</c>, said or unsaid. A malformed name does not.</summary>
    public static bool IsLatest(string image)
    {
        int at = image.IndexOf('@', StringComparison.Ordinal);
        string named = at < 0 ? image : image[..at];
        int colon = named.LastIndexOf(':');
        string tag = colon > named.LastIndexOf('/') ? named[(colon + 1)..] : "";
        string name = tag.Length > 0 ? named[..colon] : named;
        if (!IsName(name) || (tag.Length > 0 && !IsTag(tag)) || (at >= 0 && !IsDigest(image[(at + 1)..])) || IsIdentifier(image))
        {
            return false;
        }

        return tag == "latest" || (tag.Length == 0 && at < 0);
    }

    private static bool IsIdentifier(string image) => image.Length == 64 && image.All(char.IsAsciiHexDigitLower);

    private static bool IsTag(string tag) => tag.Length <= 128 && (char.IsAsciiLetterOrDigit(tag[0]) || tag[0] == '_')
        && tag.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');

    private static bool IsDigest(string digest)
    {
        int colon = digest.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && digest.Length - colon - 1 >= 32 && char.IsAsciiLetter(digest[0])
            && digest[..colon].All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '+' or '.')
            && digest[(colon + 1)..].All(char.IsAsciiHexDigit);
    }

    private static bool IsName(string name)
    {
        string[] parts = name.Split('/');
        bool hasHost = parts.Length > 1
            && (parts[0].Contains('.', StringComparison.Ordinal) || parts[0].Contains(':', StringComparison.Ordinal)
                || parts[0] == "localhost" || parts[0].Any(char.IsAsciiLetterUpper));
        return name.Length is > 0 and <= 255
            && (!hasHost || IsHost(parts[0]))
            && parts.Skip(hasHost ? 1 : 0).All(IsComponent);
    }

    private static bool IsHost(string host)
    {
        int colon = host.LastIndexOf(':');
        string name = colon < 0 ? host : host[..colon];
        return (colon < 0 || (colon < host.Length - 1 && host[(colon + 1)..].All(char.IsAsciiDigit)))
            && (name is ['[', .., ']'] || name.Split('.').All(label => label.Length > 0
                && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && label[0] != '-' && label[^1] != '-'));
    }

    /// <summary>Lower-case letters and digits, parted by one dot, one or two underscores, or hyphens.</summary>
    private static bool IsComponent(string part)
    {
        if (part.Length == 0 || !IsAlphanumeric(part[0]) || !IsAlphanumeric(part[^1]))
        {
            return false;
        }

        for (int i = 0; i < part.Length;)
        {
            int start = i;
            while (i < part.Length && !IsAlphanumeric(part[i]))
            {
                i++;
            }

            string separator = part[start..i];
            if (separator.Length > 0 && separator is not ("." or "_" or "__") && separator.Any(c => c != '-'))
            {
                return false;
            }

            i += separator.Length == 0 ? 1 : 0;
        }

        return true;
    }

    private static bool IsAlphanumeric(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c);
}
