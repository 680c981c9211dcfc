using System.Collections.Immutable;
using k8s.Models;
using Runtime.V1;

namespace Nacelle.Kubelet.PodFiles;

/// <summary>A Pod's <c>dnsPolicy</c> and <c>dnsConfig</c> (Kubernetes documentation, "DNS for Services and Pods").</summary>
public static class PodDns
{
    private const int MaxNameservers = 3;
    private const int MaxSearches = 32;
    private const int MaxSearchCharacters = 2048;

    /// <param name="host">What the host resolves with.</param>
    /// <param name="cluster">The cluster's DNS.</param>
    public static DnsOutcome Of(V1Pod pod, ResolverFile host, ClusterDns cluster)
    {
        var warnings = ImmutableArray.CreateBuilder<(string, string)>();
        var chosen = Choose(pod, host, cluster, warnings);
        if (pod.Spec.DnsConfig is { } own)
        {
            chosen = new ResolverFile(
                [.. chosen.Nameservers.Concat(own.Nameservers ?? []).Distinct()],
                [.. chosen.Searches.Concat(own.Searches ?? []).Distinct()],
                Merge(chosen.Options, own.Options ?? []));
        }

        var config = new DNSConfig();
        config.Servers.Add(Limit(chosen.Nameservers, warnings));
        config.Searches.Add(LimitSearches(chosen.Searches, warnings));
        config.Options.Add(chosen.Options);
        return new DnsOutcome(config, warnings.ToImmutable());
    }

    private static ResolverFile Choose(V1Pod pod, ResolverFile host, ClusterDns cluster, ImmutableArray<(string, string)>.Builder warnings)
    {
        var policy = pod.Spec.DnsPolicy ?? "ClusterFirst";
        if (policy == "None")
        {
            return ResolverFile.Empty;
        }

        if (policy == "Default" || (policy == "ClusterFirst" && pod.Spec.HostNetwork == true))
        {
            return host;
        }

        if (cluster.Servers.IsEmpty)
        {
            var name = $"{pod.Metadata.Name}_{pod.Metadata.NamespaceProperty}({pod.Metadata.Uid})";
            warnings.Add(("MissingClusterDNS", $"pod: \"{name}\". kubelet does not have ClusterDNS IP configured and cannot create Pod using "
                + "\"ClusterFirst\" policy. Falling back to \"Default\" policy."));
            return host;
        }

        string[] searches = cluster.Domain.Length == 0
            ? []
            : [$"{pod.Metadata.NamespaceProperty}.svc.{cluster.Domain}", $"svc.{cluster.Domain}", cluster.Domain];
        return new ResolverFile(cluster.Servers, [.. searches.Concat(host.Searches).Distinct()], ["ndots:5"]);
    }

    // An option of the Pod takes the place of one of the same name.
    private static ImmutableArray<string> Merge(ImmutableArray<string> options, IEnumerable<V1PodDNSConfigOption> own)
    {
        var merged = options.ToList();
        foreach (var option in own)
        {
            var text = string.IsNullOrEmpty(option.Value) ? option.Name : $"{option.Name}:{option.Value}";
            var at = merged.FindIndex(o => o.Split(':')[0] == option.Name);
            if (at < 0)
            {
                merged.Add(text);
            }
            else
            {
                merged[at] = text;
            }
        }

        return [.. merged];
    }

    private static ImmutableArray<string> Limit(ImmutableArray<string> servers, ImmutableArray<(string, string)>.Builder warnings)
    {
        if (servers.Length <= MaxNameservers)
        {
            return servers;
        }

        servers = servers[..MaxNameservers];
        warnings.Add(("DNSConfigForming", "Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: "
            + string.Join(' ', servers)));
        return servers;
    }

    private static ImmutableArray<string> LimitSearches(ImmutableArray<string> searches, ImmutableArray<(string, string)>.Builder warnings)
    {
        var kept = searches.Length > MaxSearches ? searches[..MaxSearches] : searches;
        while (string.Join(' ', kept).Length > MaxSearchCharacters)
        {
            kept = kept[..^1];
        }

        if (kept.Length < searches.Length)
        {
            warnings.Add(("DNSConfigForming", "Search Line limits were exceeded, some search paths have been omitted, the applied search line is: "
                + string.Join(' ', kept)));
        }

        return kept;
    }
}
