using Nacelle.Linux;

namespace Nacelle.ContainerFiles;

/// <summary>
/// Standard output for bytes of any kind. The console's own stream drops what nobody reads any more without a word; here that is an error
/// (EPIPE), so that a copy of any size ends with its reader.
/// </summary>
internal sealed class StandardOutput : IDisposable
{
    private readonly FileDescriptor descriptor;

    public StandardOutput()
    {
        var own = new FileDescriptor(1);
        descriptor = own.Duplicate();
        own.SetHandleAsInvalid();
    }

    /// <exception cref="LinuxException">EPIPE: nobody reads any more; ENOSPC; …</exception>
    public void Write(ReadOnlySpan<byte> bytes) => descriptor.Write(bytes);

    public void Dispose() => descriptor.Dispose();
}
