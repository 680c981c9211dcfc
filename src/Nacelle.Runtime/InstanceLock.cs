namespace Nacelle.Runtime;

/// <summary>
/// Keeps a directory to one instance (flock of the file <c>lock</c> in it). The runtime holds one in its state directory and one in its run
/// directory for as long as it runs; whoever takes an instance's directories away holds the run directory's meanwhile. The kernel lets go of it
/// when the holder ends, however that happens.
/// </summary>
public sealed class InstanceLock : IDisposable
{
    /// <summary>What flock(2) says of a lock that somebody else holds (EWOULDBLOCK, errno.h); .NET hands it on as the exception's code.</summary>
    private const int WouldBlock = 11;

    private readonly FileStream file;

    private InstanceLock(FileStream file) => this.file = file;

    /// <summary>Takes it, or fails at once.</summary>
    /// <param name="directory">Exists.</param>
    /// <exception cref="RuntimeStartException">Another instance has it; the message is one line that names the directory.</exception>
    /// <exception cref="IOException">The directory can't be written.</exception>
    public static InstanceLock Take(string directory)
    {
        try
        {
            return new InstanceLock(new FileStream($"{directory}/lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (DirectoryNotFoundException failure)
        {
            throw new RuntimeStartException($"{directory} does not exist", failure);
        }
        catch (IOException failure) when (failure.HResult == WouldBlock)
        {
            throw new RuntimeStartException($"another runtime uses {directory}", failure);
        }
    }

    public void Dispose() => file.Dispose();
}
