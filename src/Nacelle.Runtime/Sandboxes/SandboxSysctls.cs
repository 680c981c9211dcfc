using System.Collections.Immutable;
using Runtime.V1;

namespace Nacelle.Runtime.Sandboxes;

/// <summary>The kernel parameters that a sandbox may set: those that one of its own namespaces holds.</summary>
internal static class SandboxSysctls
{
    private static readonly string[] Ipc =
        ["kernel/msgmax", "kernel/msgmnb", "kernel/msgmni", "kernel/sem", "kernel/shmall", "kernel/shmmax", "kernel/shmmni", "kernel/shm_rmid_forced"];

    /// <summary><c>net/ipv4/ip_forward=1</c> for each, as paths beneath /proc/sys.</summary>
    /// <exception cref="RuntimeException">InvalidArgument: the parameter belongs to no namespace, or to the host's.</exception>
    public static ImmutableArray<string> Resolve(PodSandboxConfig config)
    {
        var namespaces = config.Linux?.SecurityContext?.NamespaceOptions;
        var result = ImmutableArray.CreateBuilder<string>();
        foreach (var (name, value) in config.Linux?.Sysctls ?? [])
        {
            var path = ToPath(name);
            var owner = path.StartsWith("net/", StringComparison.Ordinal) ? namespaces?.Network
                : Ipc.Contains(path, StringComparer.Ordinal) || path.StartsWith("fs/mqueue/", StringComparison.Ordinal) ? namespaces?.Ipc
                : throw RuntimeException.Invalid($"sysctl \"{name}\" is not in a namespace of the Pod's own");
            if (owner == NamespaceMode.Node)
            {
                throw RuntimeException.Invalid($"sysctl \"{name}\" is not allowed in the host's namespace");
            }

            if (value.Contains('\n', StringComparison.Ordinal) || path.Split('/').Any(part => part is "" or "." or ".."))
            {
                throw RuntimeException.Invalid($"sysctl \"{name}\" is malformed");
            }

            result.Add($"{path}={value}");
        }

        return result.ToImmutable();
    }

    /// <summary>sysctl(8): the first separator decides; with dots first, a slash in a name stands for a dot.</summary>
    private static string ToPath(string name)
    {
        var first = name.AsSpan().IndexOfAny('.', '/');
        return first >= 0 && name[first] == '/'
            ? name
            : string.Create(name.Length, name, static (span, source) =>
            {
                for (var index = 0; index < span.Length; index++)
                {
                    span[index] = source[index] switch
                    {
                        '.' => '/',
                        '/' => '.',
                        var other => other,
                    };
                }
            });
    }
}
