using System.Globalization;
using k8s.Models;
using Nacelle.Kubelet.Cri;
using Nacelle.Kubelet.PodWorkers;
using Runtime.V1;

namespace Nacelle.Kubelet.Containers;

/// <summary>Turns a Pod into the sandbox that CRI is asked for. Pure.</summary>
internal static class SandboxConfigs
{
    /// <summary>The kernel's limit of a host name.</summary>
    private const int MaximumHostname = 63;

    public static PodSandboxConfig Of(V1Pod pod, uint attempt, PodPaths paths, string nodeName, DNSConfig? dns, string cgroupParent)
    {
        var config = new PodSandboxConfig
        {
            Metadata = new PodSandboxMetadata
            {
                Name = pod.Metadata.Name,
                Namespace = pod.Metadata.NamespaceProperty,
                Uid = pod.Metadata.Uid,
                Attempt = attempt,
            },
            Hostname = Hostname(pod, nodeName),
            LogDirectory = paths.LogDirectory(pod),
            DnsConfig = dns,
            Linux = new LinuxPodSandboxConfig
            {
                CgroupParent = cgroupParent,
                SecurityContext = SecurityContexts.OfSandbox(pod),
            },
        };
        foreach (var (key, value) in pod.Metadata.Labels ?? new Dictionary<string, string>())
        {
            config.Labels[key] = value;
        }

        config.Labels[CriLabels.PodName] = pod.Metadata.Name;
        config.Labels[CriLabels.PodNamespace] = pod.Metadata.NamespaceProperty;
        config.Labels[CriLabels.PodUid] = pod.Metadata.Uid;
        foreach (var (key, value) in pod.Metadata.Annotations ?? new Dictionary<string, string>())
        {
            config.Annotations[key] = value;
        }

        // A kubelet that starts later and finds the sandbox without its Pod ends it with this grace.
        config.Annotations[CriLabels.TerminationGracePeriod] = pod.GraceSeconds().ToString(CultureInfo.InvariantCulture);
        foreach (var sysctl in pod.Spec.SecurityContext?.Sysctls ?? [])
        {
            config.Linux.Sysctls[sysctl.Name] = sysctl.Value;
        }

        config.PortMappings.Add(Ports(pod));
        return config;
    }

    private static string Hostname(V1Pod pod, string nodeName)
    {
        if (pod.Spec.HostNetwork == true)
        {
            return nodeName;
        }

        var name = pod.Spec.HostnameOverride ?? (pod.Spec.Hostname is { Length: > 0 } asked ? asked : pod.Metadata.Name);
        return name.Length <= MaximumHostname ? name : name[..MaximumHostname].TrimEnd('-', '.');
    }

    private static IEnumerable<PortMapping> Ports(V1Pod pod) => pod.Spec.HostNetwork == true
        ? []
        : from container in pod.InitContainers().Where(c => c.IsSidecar()).Concat(pod.Spec.Containers)
          from port in container.Ports ?? []
          select new PortMapping
          {
              ContainerPort = port.ContainerPort,
              HostPort = port.HostPort ?? 0,
              HostIp = port.HostIP ?? "",
              Protocol = port.Protocol switch
              {
                  "UDP" => Protocol.Udp,
                  "SCTP" => Protocol.Sctp,
                  _ => Protocol.Tcp,
              },
          };
}
