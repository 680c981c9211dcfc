using System.Collections.Immutable;
using Nacelle.Inspect.Processes;

namespace Nacelle.UnitTests.Kubelet.InspectApi;

/// <summary>Processes that no machine has.</summary>
internal static class TestProcesses
{
    public static IndexedProcess Indexed(int pid, string container, string pod, string ns) => new(
        new ContainerProcess(
            new InspectedContainer
            {
                Pod = new InspectedPod(ns, pod, $"uid-{ns}-{pod}", ImmutableDictionary<string, string>.Empty),
                Name = container,
                Id = $"{ns}-{pod}-{container}",
                Kind = container.Length == 0 ? ContainerKind.Sandbox : ContainerKind.Regular,
                MainPid = pid,
                MainStartTicks = 1,
                CgroupPath = "/none",
                NamespaceDepth = 0,
                PidNamespace = 1,
            },
            Observed(pid),
            ParentPid: 0,
            ProcessOrigin.Main),
        Revision: 1);

    public static ObservedProcess Observed(int pid, params string[] arguments) => new()
    {
        HostPid = pid,
        StartTicks = 1,
        ParentHostPid = 0,
        NamespacePids = [pid],
        State = ProcessState.Sleeping,
        Name = "program",
        Arguments = [.. arguments],
        ArgumentsCut = false,
        Uid = 0,
        Gid = 0,
        EffectiveCapabilities = 0,
        NoNewPrivileges = false,
        Seccomp = 0,
        Threads = 1,
        ResidentBytes = 0,
        CpuTime = TimeSpan.Zero,
        Image = 1,
    };
}
