namespace Nacelle.Kubernetes.Exposure;

/// <summary>A process, or all those of a container that the kernel treats alike.</summary>
/// <param name="Dumpable">Null where it can't be told; it is taken as dumpable then.</param>
/// <param name="Pid">Its PID on the host; 0 for one that does not run yet.</param>
public sealed record ProcessIdentity(Credentials Credentials, bool? Dumpable = null, int Pid = 0)
{
    public string Key => $"{Credentials.Key},{Dumpable}";
}
