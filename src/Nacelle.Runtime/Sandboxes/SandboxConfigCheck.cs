using Runtime.V1;

namespace Nacelle.Runtime.Sandboxes;

/// <summary>What a sandbox's configuration must say, and what it must not ask for because this runtime would not do it.</summary>
internal static class SandboxConfigCheck
{
    /// <exception cref="RuntimeException">InvalidArgument, naming the field.</exception>
    public static void Check(PodSandboxConfig? config, string runtimeHandler)
    {
        if (config?.Metadata is not { Name.Length: > 0, Namespace.Length: > 0, Uid.Length: > 0 })
        {
            throw RuntimeException.Invalid("sandbox config: metadata needs name, namespace and uid");
        }

        if (runtimeHandler.Length > 0)
        {
            throw RuntimeException.Invalid($"no runtime handler \"{runtimeHandler}\" is configured");
        }

        if (config.Hostname.Length > 64)
        {
            throw RuntimeException.Invalid($"hostname \"{config.Hostname}\" is longer than 64 bytes");
        }

        if (config.Linux?.CgroupParent is { Length: > 0 } parent && (parent[0] != '/' || parent.Split('/').Contains("..")))
        {
            throw RuntimeException.Invalid($"cgroup_parent \"{parent}\" is not an absolute cgroup path (the cgroup driver is cgroupfs)");
        }

        if (config.Linux?.SecurityContext is { } security)
        {
            CheckSecurity(security);
        }
    }

    private static void CheckSecurity(LinuxSandboxSecurityContext security)
    {
        if (security.NamespaceOptions is { } namespaces)
        {
            if (namespaces.Network is not (NamespaceMode.Pod or NamespaceMode.Node))
            {
                throw RuntimeException.Invalid($"network namespace mode {namespaces.Network} is not one of a sandbox");
            }

            if (namespaces.Ipc is not (NamespaceMode.Pod or NamespaceMode.Node))
            {
                throw RuntimeException.Invalid($"IPC namespace mode {namespaces.Ipc} is not one of a sandbox");
            }

            if (namespaces.Pid == NamespaceMode.Target)
            {
                throw RuntimeException.Invalid("PID namespace mode TARGET is not one of a sandbox");
            }

            if (namespaces.UsernsOptions is { Mode: not NamespaceMode.Node })
            {
                throw RuntimeException.Invalid("user namespaces are not supported");
            }
        }

        SecurityProfiles.CheckSupported(security.SelinuxOptions, security.Apparmor);
        if (security.Seccomp is { ProfileType: SecurityProfile.Types.ProfileType.Localhost })
        {
            throw RuntimeException.Invalid("seccomp profiles of type Localhost are not supported");
        }

        if (security.RunAsGroup is not null && security.RunAsUser is null)
        {
            throw RuntimeException.Invalid("run_as_group needs run_as_user");
        }
    }
}
