using Runtime.V1;

namespace Nacelle.Runtime.Streaming.Conmon;

/// <summary>What an attach asks of conmon. With a terminal everything comes on stdout.</summary>
public sealed record ConmonAttachStreams(bool Stdin, bool Stdout, bool Stderr, bool Tty)
{
    public static ConmonAttachStreams Of(AttachRequest request) => new(request.Stdin, request.Stdout, request.Stderr, request.Tty);
}
