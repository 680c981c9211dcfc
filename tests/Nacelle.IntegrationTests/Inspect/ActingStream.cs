namespace Nacelle.IntegrationTests.Inspect;

/// <summary>Takes everything, and does something when the first part has come.</summary>
internal sealed class ActingStream(Action afterTheFirst) : Stream
{
    private bool acted;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count)
    {
        if (!acted)
        {
            acted = true;
            afterTheFirst();
        }
    }
}
