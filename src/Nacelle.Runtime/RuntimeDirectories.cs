namespace Nacelle.Runtime;

/// <summary>Every path that the runtime uses, in one place.</summary>
internal sealed record RuntimeDirectories(string State, string Run)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Programs written out from the assembly. Not beneath the run directory: distributions mount /run noexec.</summary>
    public string Programs => $"{State}/bin";

    /// <summary>The root of every sandbox's /pause; holds only that program.</summary>
    public string PauseRoot => $"{State}/pause";

    public string Sandboxes => $"{State}/sandboxes";

    public string Containers => $"{State}/containers";

    /// <summary>Files named after sandboxes and containers that have ended, written by nacelle-sandbox and conmon.</summary>
    public string Exits => $"{Run}/exits";

    public string NetworkNamespaces => $"{Run}/netns";

    public string RunSandboxes => $"{Run}/sandboxes";

    public string Bundles => $"{Run}/containers";

    /// <summary>The OCI runtime's own state (--root).</summary>
    public string OciRuntime => $"{Run}/oci";

    public string Sandbox(string id) => $"{Sandboxes}/{id}";

    public string SharedMemory(string sandboxId) => $"{RunSandboxes}/{sandboxId}/shm";

    public string NetworkNamespace(string sandboxId) => $"{NetworkNamespaces}/{sandboxId}";

    public string Container(string id) => $"{Containers}/{id}";

    public string Bundle(string id) => $"{Bundles}/{id}";

    /// <summary>The OCI runtime specification of a container.</summary>
    public string Specification(string id) => $"{Bundle(id)}/config.json";

    public string Rootfs(string id) => $"{Bundles}/{id}/rootfs";

    public string Exit(string id) => $"{Exits}/{id}";

    /// <summary>Makes what is missing, readable by root alone.</summary>
    public void Create()
    {
        foreach (var directory in (ReadOnlySpan<string>)[Programs, PauseRoot, Sandboxes, Containers, Exits, NetworkNamespaces, RunSandboxes, Bundles, OciRuntime])
        {
            Create(directory);
        }
    }

    /// <summary>Makes one, readable by root alone.</summary>
    public static void Create(string directory) => Directory.CreateDirectory(directory, OwnerOnly);
}
