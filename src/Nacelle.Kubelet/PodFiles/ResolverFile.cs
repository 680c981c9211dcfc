using System.Collections.Immutable;

namespace Nacelle.Kubelet.PodFiles;

/// <summary>What a <c>resolv.conf</c> says (resolv.conf(5)).</summary>
public sealed record ResolverFile(ImmutableArray<string> Nameservers, ImmutableArray<string> Searches, ImmutableArray<string> Options)
{
    /// <summary>A file that says nothing.</summary>
    public static ResolverFile Empty { get; } = new([], [], []);

    /// <summary>Reads the text; the last <c>search</c> line counts, options of all lines do.</summary>
    public static ResolverFile Parse(string text)
    {
        var (nameservers, options) = (ImmutableArray.CreateBuilder<string>(), ImmutableArray.CreateBuilder<string>());
        ImmutableArray<string> searches = [];
        foreach (var line in text.Split('\n'))
        {
            var comment = line.IndexOfAny(['#', ';']);
            var words = (comment < 0 ? line : line[..comment]).Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            switch (words)
            {
                case ["nameserver", var address, ..]:
                    nameservers.Add(address);
                    break;
                case ["search", .. var domains]:
                    searches = [.. domains.Select(d => d == "." ? d : d.TrimEnd('.'))];
                    break;
                case ["options", .. var given]:
                    options.AddRange(given.Where(option => !options.Contains(option)));
                    break;
            }
        }

        return new ResolverFile(nameservers.ToImmutable(), searches, options.ToImmutable());
    }

    /// <summary>
    /// The host's file. Where it names only a resolver on the host's loopback (systemd-resolved), which no Pod can reach, the file
    /// of the servers behind that one.
    /// </summary>
    /// <param name="path">As a rule <c>/etc/resolv.conf</c>.</param>
    /// <param name="upstreamPath">As a rule <c>/run/systemd/resolve/resolv.conf</c>.</param>
    public static ResolverFile OfHost(string path, string upstreamPath)
    {
        var own = File.Exists(path) ? Parse(File.ReadAllText(path)) : Empty;
        return own.Nameservers.Length > 0 && own.Nameservers.All(IsLoopback) && File.Exists(upstreamPath)
            ? Parse(File.ReadAllText(upstreamPath))
            : own;
    }

    private static bool IsLoopback(string address) => System.Net.IPAddress.TryParse(address, out var parsed) && System.Net.IPAddress.IsLoopback(parsed);
}
