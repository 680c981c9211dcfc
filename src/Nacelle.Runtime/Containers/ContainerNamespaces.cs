using Nacelle.Linux;
using Nacelle.Linux.Namespaces;
using Nacelle.Runtime.Sandboxes;
using Runtime.V1;

namespace Nacelle.Runtime.Containers;

/// <summary>
/// The namespaces that a container joins, held by descriptors of their own until the OCI runtime has opened them: the sandbox's, or those of a
/// target container, may be given back at any time, and their numbers then mean something else.
/// </summary>
internal sealed class ContainerNamespaces : IDisposable
{
    private readonly Dictionary<string, string> paths = new(StringComparer.Ordinal);
    private readonly List<FileDescriptor> descriptors = [];

    private ContainerNamespaces()
    {
    }

    /// <summary>By kind: joined (a path, good until this is disposed), the host's (empty), or made new (absent).</summary>
    public IReadOnlyDictionary<string, string> Paths => paths;

    /// <exception cref="RuntimeException">The request does not fit the sandbox, or sandbox or target have ended.</exception>
    public static ContainerNamespaces Open(Sandbox sandbox, ContainerConfig config, ContainerStore containers)
    {
        var result = new ContainerNamespaces();
        try
        {
            result.Fill(sandbox, config.Linux?.SecurityContext?.NamespaceOptions, containers);
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    public void Dispose() => descriptors.ForEach(descriptor => descriptor.Dispose());

    private void Fill(Sandbox sandbox, NamespaceOption? requested, ContainerStore containers)
    {
        Share("ipc", sandbox.Namespaces.Ipc == NamespaceMode.Node, sandbox, NamespaceKinds.Ipc);
        Share("network", sandbox.HasHostNetwork, sandbox, NamespaceKinds.Network);
        Share("uts", sandbox.HasHostNetwork, sandbox, NamespaceKinds.Uts);
        switch (requested?.Pid ?? sandbox.Namespaces.Pid)
        {
            case NamespaceMode.Pod when sandbox.Namespaces.Pid != NamespaceMode.Pod:
                throw RuntimeException.Invalid($"PID namespace mode POD: the sandbox's is {sandbox.Namespaces.Pid}");
            case NamespaceMode.Node when sandbox.Namespaces.Pid != NamespaceMode.Node:
                throw RuntimeException.Invalid("PID namespace mode NODE: the sandbox's is not");
            case NamespaceMode.Pod:
            case NamespaceMode.Node:
                Share("pid", sandbox.Namespaces.Pid == NamespaceMode.Node, sandbox, NamespaceKinds.Pid);
                break;
            case NamespaceMode.Target:
                Join("pid", DuplicateTarget(sandbox, requested!.TargetId, containers));
                break;
            default:
                break;
        }
    }

    private void Share(string name, bool isHosts, Sandbox sandbox, NamespaceKinds kind)
    {
        if (isHosts)
        {
            paths[name] = "";
        }
        else
        {
            Join(name, sandbox.DuplicateNamespace(kind));
        }
    }

    private void Join(string name, FileDescriptor descriptor)
    {
        descriptors.Add(descriptor);
        paths[name] = descriptor.ProcPath;
    }

    private static FileDescriptor DuplicateTarget(Sandbox sandbox, string targetId, ContainerStore containers)
    {
        try
        {
            if (containers.TryFind(targetId) is { Record.Phase: ContainerPhase.Running, PidNamespace: { } descriptor } target
                && target.Record.SandboxId == sandbox.Id)
            {
                return descriptor.Duplicate();
            }
        }
        catch (ObjectDisposedException)
        {
            // It ended in this moment.
        }

        throw new RuntimeException(FailureKind.FailedPrecondition, $"target container \"{targetId}\" is not a running container of this sandbox");
    }
}
