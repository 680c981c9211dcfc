using System.Collections.Immutable;
using Nacelle.Linux;
using Nacelle.Linux.Files;
using Nacelle.Runtime.Oci.Spec;
using Runtime.V1;

namespace Nacelle.Runtime.Oci;

/// <summary>The devices that a container gets and the rules of its cgroup.</summary>
internal static class OciDevices
{
    // Terminals and shared memory of a container are its own, and not among the host's devices.
    private static readonly string[] NotHostDevices = ["/dev/pts", "/dev/shm", "/dev/mqueue", "/dev/fd", "/dev/console"];

    // What every container may use: null, zero, full, random, urandom, tty, console, ptmx and its terminals.
    private static readonly (long? Major, long? Minor)[] Defaults =
        [(1, 3), (1, 5), (1, 7), (1, 8), (1, 9), (5, 0), (5, 1), (5, 2), (136, null)];

    /// <exception cref="RuntimeException">InvalidArgument: a path that names no device.</exception>
    public static (ImmutableArray<OciDevice> Devices, ImmutableArray<OciDeviceRule> Rules) For(IEnumerable<Device> requested, bool privileged)
    {
        if (privileged)
        {
            return ([.. HostDevices()], [new OciDeviceRule { Allow = true, Access = "rwm" }]);
        }

        var devices = ImmutableArray.CreateBuilder<OciDevice>();
        var rules = ImmutableArray.CreateBuilder<OciDeviceRule>();
        rules.Add(new OciDeviceRule { Allow = false, Access = "rwm" });

        // Making any node is harmless as long as opening it is not allowed.
        rules.Add(new OciDeviceRule { Allow = true, Type = "c", Access = "m" });
        rules.Add(new OciDeviceRule { Allow = true, Type = "b", Access = "m" });
        rules.AddRange(Defaults.Select(number => new OciDeviceRule { Allow = true, Type = "c", Major = number.Major, Minor = number.Minor, Access = "rwm" }));
        foreach (var device in requested)
        {
            foreach (var (source, target) in Expand(device))
            {
                var node = Describe(source, target);
                devices.Add(node);
                rules.Add(new OciDeviceRule { Allow = true, Type = node.Type, Major = node.Major, Minor = node.Minor, Access = device.Permissions });
            }
        }

        return (devices.ToImmutable(), rules.ToImmutable());
    }

    /// <summary>A directory stands for the devices in it.</summary>
    private static IEnumerable<(string Source, string Target)> Expand(Device device)
    {
        var target = device.ContainerPath.Length > 0 ? device.ContainerPath : device.HostPath;
        return Directory.Exists(device.HostPath)
            ? Directory.GetFiles(device.HostPath).Select(file => (file, $"{target}/{Path.GetFileName(file)}"))
            : [(device.HostPath, target)];
    }

    private static OciDevice Describe(string source, string target)
    {
        try
        {
            return DeviceNode.TryRead(source) is { } node
                ? ToOci(node, target)
                : throw RuntimeException.Invalid($"device {source}: not a device");
        }
        catch (LinuxException failure)
        {
            throw new RuntimeException(FailureKind.InvalidArgument, $"device {source}: {failure.Message}", failure);
        }
    }

    private static IEnumerable<OciDevice> HostDevices()
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (var path in Directory.EnumerateFiles("/dev", "*", options))
        {
            if (Array.Exists(NotHostDevices, skipped => path == skipped || path.StartsWith(skipped + "/", StringComparison.Ordinal)))
            {
                continue;
            }

            if (DeviceNode.TryRead(path) is { } node)
            {
                yield return ToOci(node, path);
            }
        }
    }

    private static OciDevice ToOci(DeviceNode node, string path) => new()
    {
        Path = path,
        Type = node.Type.ToString(),
        Major = node.Major,
        Minor = node.Minor,
        FileMode = node.Mode,
        Uid = node.Uid,
        Gid = node.Gid,
    };
}
