using System.Buffers;
using System.Security.Cryptography;

namespace Nacelle.Runtime.Images;

/// <summary>A content digest as the OCI image specification writes it: <c>algorithm:hex</c>; sha256 and sha512 are accepted.</summary>
public readonly record struct Digest
{
    private const string Sha256Prefix = "sha256:";
    private const string Sha512Prefix = "sha512:";

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private readonly string? value;

    private Digest(string value) => this.value = value;

    /// <summary>The hexadecimal part, lower case: 64 characters (sha256) or 128 (sha512). Safe as a file name.</summary>
    public string Hex => value is null ? "" : value[(value.IndexOf(':') + 1)..];

    /// <summary>The hash algorithm that a stream must be run through to compare with this digest.</summary>
    public HashAlgorithmName Algorithm =>
        value?.StartsWith(Sha512Prefix, StringComparison.Ordinal) == true ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256;

    /// <summary>Reads a digest; anything that isn't a known algorithm followed by exactly its count of lower-case hex digits is refused.</summary>
    public static bool TryParse(string? text, out Digest digest)
    {
        digest = default;
        if (text is null || !(IsHex(text, Sha256Prefix, 64) || IsHex(text, Sha512Prefix, 128)))
        {
            return false;
        }

        digest = new Digest(text);
        return true;
    }

    /// <summary>As <see cref="TryParse"/>; what a manifest carries and isn't a digest makes the image corrupt.</summary>
    /// <exception cref="ImageException">The text isn't a digest.</exception>
    public static Digest Parse(string? text) => TryParse(text, out Digest digest)
        ? digest
        : throw new ImageException(ImageError.Corrupt, $"invalid digest {text ?? "(none)"}");

    /// <summary>The sha256 digest of these bytes.</summary>
    public static Digest Of(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, hash);
        return FromSha256(hash);
    }

    /// <summary>Wraps a finished sha256 hash.</summary>
    public static Digest FromSha256(ReadOnlySpan<byte> hash) => new(Sha256Prefix + Convert.ToHexStringLower(hash));

    /// <summary>Wraps what <paramref name="hash"/> has seen, in this digest's algorithm.</summary>
    public Digest Finish(IncrementalHash hash) =>
        new((Algorithm == HashAlgorithmName.SHA512 ? Sha512Prefix : Sha256Prefix) + Convert.ToHexStringLower(hash.GetHashAndReset()));

    /// <summary>Whether all of it are lower-case hexadecimal digits.</summary>
    public static bool IsHex(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(HexDigits);

    /// <summary>Whether these bytes have this digest.</summary>
    public bool Matches(ReadOnlySpan<byte> content)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(Algorithm);
        hash.AppendData(content);
        return Finish(hash) == this;
    }

    public override string ToString() => value ?? "";

    private static bool IsHex(string text, string prefix, int digits) =>
        text.Length == prefix.Length + digits
        && text.StartsWith(prefix, StringComparison.Ordinal)
        && IsHex(text.AsSpan(prefix.Length));
}
