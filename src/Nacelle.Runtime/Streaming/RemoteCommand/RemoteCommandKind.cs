namespace Nacelle.Runtime.Streaming.RemoteCommand;

internal enum RemoteCommandKind
{
    Exec,
    Attach,
}
