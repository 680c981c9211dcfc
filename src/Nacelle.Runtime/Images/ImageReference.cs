using System.Text.RegularExpressions;

namespace Nacelle.Runtime.Images;

/// <summary>
/// A fully normalised image reference: <c>domain/repository[:tag][@digest]</c>. The grammar is that of the distribution
/// specification; short names mean docker.io, single words docker.io/library, and no tag and no digest mean <c>latest</c>.
/// </summary>
public sealed partial record ImageReference
{
    private const string DefaultDomain = "docker.io";
    private const int MaxRepositoryLength = 255;

    private ImageReference(string domain, string repository, string? tag, Digest? digest)
    {
        Domain = domain;
        Repository = repository;
        Tag = tag;
        Digest = digest;
    }

    /// <summary>The registry as written, with its port: <c>docker.io</c>, <c>127.0.0.1:5000</c>.</summary>
    public string Domain { get; }

    /// <summary>The path within the registry: <c>library/nginx</c>.</summary>
    public string Repository { get; }

    /// <summary>Null only when there is a digest.</summary>
    public string? Tag { get; }

    public Digest? Digest { get; }

    /// <summary><c>domain/repository</c>.</summary>
    public string Name => $"{Domain}/{Repository}";

    /// <summary>What the registry's manifest endpoint is asked for: the digest if there is one, else the tag.</summary>
    public string ManifestName => Digest?.ToString() ?? Tag!;

    /// <summary>The key under which a pull of this reference is remembered: a digest makes the tag irrelevant.</summary>
    public string Key => Digest is { } digest ? $"{Name}@{digest}" : $"{Name}:{Tag}";

    /// <summary>Reads a reference as a Pod's <c>image</c> field gives it.</summary>
    /// <exception cref="ImageException"><see cref="ImageError.InvalidReference"/>, with the reason.</exception>
    public static ImageReference Parse(string text) =>
        TryParse(text, out ImageReference? reference, out string reason)
            ? reference
            : throw new ImageException(ImageError.InvalidReference, $"failed to parse image reference \"{text}\": {reason}");

    /// <summary>As <see cref="Parse"/>, without the exception; <paramref name="reason"/> is empty on success.</summary>
    public static bool TryParse(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ImageReference? reference, out string reason)
    {
        reference = null;
        reason = "invalid reference format";
        string rest = text;
        Digest? digest = null;
        int at = rest.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0)
        {
            if (!Images.Digest.TryParse(rest[(at + 1)..], out Digest parsed))
            {
                reason = "invalid digest";
                return false;
            }

            digest = parsed;
            rest = rest[..at];
        }

        string? tag = null;
        int colon = rest.LastIndexOf(':');
        if (colon > rest.LastIndexOf('/'))
        {
            tag = rest[(colon + 1)..];
            rest = rest[..colon];
            if (!TagGrammar().IsMatch(tag))
            {
                return false;
            }
        }

        (string domain, string repository) = Split(rest);
        if (HexIdentifier().IsMatch(rest))
        {
            reason = $"invalid repository name ({rest}), cannot specify 64-byte hexadecimal strings";
            return false;
        }

        if (!DomainGrammar().IsMatch(domain))
        {
            return false;
        }

        if (!RepositoryGrammar().IsMatch(repository))
        {
            reason = RepositoryGrammar().IsMatch(repository.ToLowerInvariant())
                ? "invalid reference format: repository name must be lowercase"
                : reason;
            return false;
        }

        if (domain.Length + repository.Length + 1 > MaxRepositoryLength)
        {
            reason = "repository name must not be more than 255 characters";
            return false;
        }

        reference = new ImageReference(domain, repository, tag ?? (digest is null ? "latest" : null), digest);
        return true;
    }

    /// <summary>The reference of one manifest in the same repository.</summary>
    public ImageReference WithDigest(Digest digest) => new(Domain, Repository, null, digest);

    public override string ToString() => Name + (Tag is null ? "" : $":{Tag}") + (Digest is { } digest ? $"@{digest}" : "");

    /// <summary>The first component is a registry only if it looks like a host: it has a dot or a port, is localhost, or has capitals.</summary>
    private static (string Domain, string Repository) Split(string name)
    {
        int slash = name.IndexOf('/', StringComparison.Ordinal);
        string first = slash < 0 ? "" : name[..slash];
        bool isHost = slash >= 0
            && (first.AsSpan().ContainsAny('.', ':') || first == "localhost" || first.Any(char.IsAsciiLetterUpper));
        (string domain, string repository) = isHost ? (first, name[(slash + 1)..]) : (DefaultDomain, name);
        if (domain == "index.docker.io")
        {
            domain = DefaultDomain;
        }

        return domain == DefaultDomain && !repository.Contains('/', StringComparison.Ordinal)
            ? (domain, "library/" + repository)
            : (domain, repository);
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex TagGrammar();

    [GeneratedRegex(@"\A[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex RepositoryGrammar();

    [GeneratedRegex(
        @"\A(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex DomainGrammar();

    [GeneratedRegex(@"\A[a-f0-9]{64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex HexIdentifier();
}
