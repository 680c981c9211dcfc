using System.Globalization;
using System.Text;

namespace Nacelle.Kubelet.NodeApi;

/// <summary>
/// One line of a container log in CRI's format: <c>2026-01-02T03:04:05.123456789Z stdout F text</c>. A tag <c>P</c> says that the
/// line goes on in the next one of the same stream.
/// </summary>
/// <param name="Timestamp">RFC 3339 with nanoseconds, as written.</param>
/// <param name="Stderr">True for stderr.</param>
/// <param name="Partial">The text has no end of line of its own.</param>
/// <param name="Content">The text, without its end of line.</param>
public readonly record struct CriLogLine(ReadOnlyMemory<byte> Timestamp, bool Stderr, bool Partial, ReadOnlyMemory<byte> Content)
{
    /// <param name="line">Without its end of line; the result refers to it.</param>
    public static bool TryParse(ReadOnlyMemory<byte> line, out CriLogLine result)
    {
        result = default;
        var rest = line;
        if (!Cut(ref rest, out var timestamp) || !Cut(ref rest, out var stream))
        {
            return false;
        }

        // Text may be empty, and then the blank after the tag may be missing.
        var blank = rest.Span.IndexOf((byte)' ');
        var tags = blank < 0 ? rest : rest[..blank];
        var content = blank < 0 ? ReadOnlyMemory<byte>.Empty : rest[(blank + 1)..];
        var stderr = stream.Span.SequenceEqual("stderr"u8);
        if (timestamp.Length < 20 || tags.IsEmpty || (!stderr && !stream.Span.SequenceEqual("stdout"u8)))
        {
            return false;
        }

        result = new CriLogLine(timestamp, stderr, tags.Span[0] == (byte)'P', content);
        return true;
    }

    /// <summary>The timestamp, or null when it is not one.</summary>
    public DateTimeOffset? Time => DateTimeOffset.TryParse(
        Encoding.ASCII.GetString(Timestamp.Span), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
        ? time
        : null;

    private static bool Cut(ref ReadOnlyMemory<byte> rest, out ReadOnlyMemory<byte> word)
    {
        var blank = rest.Span.IndexOf((byte)' ');
        word = blank < 0 ? default : rest[..blank];
        rest = blank < 0 ? default : rest[(blank + 1)..];
        return blank > 0;
    }
}
