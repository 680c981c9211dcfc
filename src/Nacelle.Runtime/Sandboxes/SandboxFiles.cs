using System.Text;
using Nacelle.Linux.Files;
using Nacelle.Linux.Mounts;
using Runtime.V1;

namespace Nacelle.Runtime.Sandboxes;

/// <summary>What a Pod's containers share besides namespaces: hostname, resolv.conf and hosts files, and <c>/dev/shm</c>.</summary>
internal static class SandboxFiles
{
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    public static void Write(RuntimeDirectories directories, string id, PodSandboxConfig config, IReadOnlyList<string> addresses)
    {
        var directory = directories.Sandbox(id);
        var hostname = config.Hostname.Length > 0 ? config.Hostname : Environment.MachineName;
        WriteFile($"{directory}/hostname", hostname + "\n");
        WriteFile($"{directory}/resolv.conf", ResolvConf(config.DnsConfig));
        WriteFile($"{directory}/hosts", Hosts(config, addresses));
    }

    /// <summary>Makes the Pod's own shared memory.</summary>
    public static void MountSharedMemory(RuntimeDirectories directories, string id, long size)
    {
        var path = directories.SharedMemory(id);
        Directory.CreateDirectory(path);
        FileSystemMount.Mount(
            "shm", path, "tmpfs", MountFlags.NoSetUid | MountFlags.NoDevices | MountFlags.NoExecute, $"mode=1777,size={size}");
    }

    public static void UnmountSharedMemory(RuntimeDirectories directories, string id)
    {
        FileSystemMount.Unmount(directories.SharedMemory(id), UnmountFlags.Detach | UnmountFlags.NoFollow);
        var parent = $"{directories.RunSandboxes}/{id}";
        if (Directory.Exists(parent))
        {
            Directory.Delete(parent, recursive: true);
        }
    }

    /// <summary>resolv.conf(5); without a configuration the host's own.</summary>
    internal static string ResolvConf(DNSConfig? dns)
    {
        if (dns is null || (dns.Servers.Count == 0 && dns.Searches.Count == 0 && dns.Options.Count == 0))
        {
            return File.Exists("/etc/resolv.conf") ? File.ReadAllText("/etc/resolv.conf") : "";
        }

        var text = new StringBuilder();
        if (dns.Searches.Count > 0)
        {
            text.Append("search ").AppendJoin(' ', dns.Searches).Append('\n');
        }

        foreach (var server in dns.Servers)
        {
            text.Append("nameserver ").Append(server).Append('\n');
        }

        if (dns.Options.Count > 0)
        {
            text.Append("options ").AppendJoin(' ', dns.Options).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>For clients that mount no hosts file of their own (a kubelet does).</summary>
    private static string Hosts(PodSandboxConfig config, IReadOnlyList<string> addresses)
    {
        if (config.Linux?.SecurityContext?.NamespaceOptions?.Network == NamespaceMode.Node && File.Exists("/etc/hosts"))
        {
            return File.ReadAllText("/etc/hosts");
        }

        var text = new StringBuilder("127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n");
        foreach (var address in addresses)
        {
            text.Append(address).Append('\t').Append(config.Hostname).Append('\n');
        }

        return text.ToString();
    }

    private static void WriteFile(string path, string content) => AtomicFile.Write(path, Encoding.UTF8.GetBytes(content), Readable, durable: false);
}
