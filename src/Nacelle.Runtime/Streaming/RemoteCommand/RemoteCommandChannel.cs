namespace Nacelle.Runtime.Streaming.RemoteCommand;

/// <summary>The streams of exec and attach, numbered as the WebSocket subprotocols *.channel.k8s.io number them.</summary>
internal enum RemoteCommandChannel : byte
{
    Stdin = 0,
    Stdout = 1,
    Stderr = 2,
    Error = 3,
    Resize = 4,
}
