using Nacelle.Runtime.Streaming.Spdy;

namespace Nacelle.Runtime.Streaming.PortForward;

/// <summary>The two streams that a client opens, in either order, for each connection that it forwards.</summary>
internal sealed class PortForwardPair(string requestId)
{
    private readonly TaskCompletionSource complete = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string RequestId => requestId;

    public SpdyStream? Data { get; private set; }

    public SpdyStream? Error { get; private set; }

    /// <summary>Completes when both are there.</summary>
    public Task Complete => complete.Task;

    /// <summary>False when that stream was there already.</summary>
    public bool Add(SpdyStream stream, bool isError)
    {
        if ((isError ? Error : Data) is not null)
        {
            return false;
        }

        (Data, Error) = isError ? (Data, stream) : (stream, Error);
        if (Data is not null && Error is not null)
        {
            complete.TrySetResult();
        }

        return true;
    }
}
