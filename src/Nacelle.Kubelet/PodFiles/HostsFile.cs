using System.Text;
using k8s.Models;

namespace Nacelle.Kubelet.PodFiles;

/// <summary>The <c>/etc/hosts</c> of a Pod's containers (Kubernetes documentation, "Adding entries to Pod /etc/hosts with HostAliases").</summary>
public static class HostsFile
{
    private const string Fixed =
        "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n"
        + "fe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n";

    /// <summary>The file of a Pod with its own network.</summary>
    /// <param name="podIPs">The Pod's addresses.</param>
    /// <param name="hostname">The Pod's host name.</param>
    /// <param name="domain">Its domain (<c>subdomain.namespace.svc.cluster.local</c>), or empty.</param>
    public static string Managed(V1Pod pod, IReadOnlyList<string> podIPs, string hostname, string domain)
    {
        var text = new StringBuilder(Fixed);
        foreach (var address in podIPs)
        {
            text.Append(domain.Length == 0 ? $"{address}\t{hostname}\n" : $"{address}\t{hostname}.{domain}\t{hostname}\n");
        }

        return AppendAliases(text, pod).ToString();
    }

    /// <summary>The file of a Pod in the host's network: the host's own, with the Pod's aliases.</summary>
    /// <param name="hostFile">The content of the host's <c>/etc/hosts</c>.</param>
    public static string OfHostNetwork(V1Pod pod, string hostFile) =>
        AppendAliases(new StringBuilder("# Kubernetes-managed hosts file (host network).\n").Append(hostFile), pod).ToString();

    private static StringBuilder AppendAliases(StringBuilder text, V1Pod pod)
    {
        if (pod.Spec.HostAliases is not { Count: > 0 } aliases)
        {
            return text;
        }

        text.Append("\n# Entries added by HostAliases.\n");
        foreach (var alias in aliases)
        {
            text.Append(alias.Ip).Append('\t').AppendJoin('\t', alias.Hostnames ?? []).Append('\n');
        }

        return text;
    }
}
