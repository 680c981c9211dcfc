using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Endpoints;

/// <summary>
/// Where on a kubelet's node API a stream of a Pod is found: checks and words are the reference server's.
/// </summary>
internal static class StreamingLocation
{
    /// <summary>Path and query for exec, attach or portforward. Throws <see cref="ApiStatusException"/> (400) when the container is
    /// not the Pod's or must be named, or the Pod is on no node.</summary>
    public static string PathAndQuery(JsonObject pod, string subresource, IQueryCollection query)
    {
        var name = Text(pod["metadata"], "name");
        var container = subresource == "portforward" ? null : Container(pod, name, query["container"].ToString());
        if (NodeName(pod) is null)
        {
            throw ApiStatusException.BadRequest($"pod {name} does not have a host assigned");
        }

        var path = new StringBuilder(subresource == "portforward" ? "/portForward" : "/" + subresource);
        path.Append('/').Append(Uri.EscapeDataString(Text(pod["metadata"], "namespace"))).Append('/').Append(Uri.EscapeDataString(name));
        if (container is not null)
        {
            path.Append('/').Append(Uri.EscapeDataString(container));
        }

        return path + (subresource == "portforward" ? PortQuery(query) : CommandQuery(query));
    }

    /// <summary>The node that the Pod is bound to; null before.</summary>
    public static string? NodeName(JsonObject pod) => Text(pod["spec"], "nodeName") is { Length: > 0 } node ? node : null;

    /// <summary>The kubelet's addresses as the node object gives them, best first; none when it gives none.</summary>
    public static IReadOnlyList<Uri> Kubelets(JsonObject node)
    {
        var status = node["status"] as JsonObject;
        var port = status?["daemonEndpoints"]?["kubeletEndpoint"]?["Port"]?.GetValue<int>() ?? 0;
        if (port == 0 || status?["addresses"] is not JsonArray addresses)
        {
            return [];
        }

        string[] order = ["InternalIP", "Hostname", "InternalDNS", "ExternalIP", "ExternalDNS"];
        return [.. addresses
            .Where(address => order.Contains(Text(address, "type")))
            .OrderBy(address => Array.IndexOf(order, Text(address, "type")))
            .Select(address => new UriBuilder("https", Text(address, "address"), port).Uri)];
    }

    private static string Container(JsonObject pod, string podName, string wanted)
    {
        var regular = Names(pod, "containers");
        var init = Names(pod, "initContainers");
        if (wanted.Length > 0)
        {
            return regular.Concat(init).Concat(Names(pod, "ephemeralContainers")).Contains(wanted)
                ? wanted
                : throw ApiStatusException.BadRequest($"container {wanted} is not valid for pod {podName}");
        }

        if (regular is [var only])
        {
            return only;
        }

        var choice = regular.Count == 0 ? "" : $", choose one of: [{string.Join(' ', regular)}]";
        var initChoice = init.Count == 0 ? "" : $" or one of the init containers: [{string.Join(' ', init)}]";
        throw ApiStatusException.BadRequest($"a container name must be specified for pod {podName}{choice}{initChoice}");
    }

    private static string CommandQuery(IQueryCollection query)
    {
        var flags = new (string From, string To)[] { ("stdin", "input"), ("stdout", "output"), ("stderr", "error"), ("tty", "tty") }
            .Where(flag => IsSet(query[flag.From]))
            .Select(flag => KeyValuePair.Create(flag.To, (string?)"1"));
        var command = query["command"].Select(word => KeyValuePair.Create("command", word));
        return QueryString.Create(flags.Concat(command)).ToString();
    }

    private static string PortQuery(IQueryCollection query)
    {
        var ports = query["ports"].SelectMany(value => (value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries)).ToList();
        if (ports.FirstOrDefault(port => !ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0)
            is { } wrong)
        {
            throw ApiStatusException.BadRequest($"port {GoText.Quote(wrong)} is not between 1 and 65535");
        }

        return ports.Count == 0 ? "" : QueryString.Create("port", string.Join(',', ports)).ToString();
    }

    /// <summary>A boolean of a query as the reference decodes it: present and neither "false" nor "0".</summary>
    private static bool IsSet(Microsoft.Extensions.Primitives.StringValues values) =>
        values.Count > 0 && values[0] != "0" && !string.Equals(values[0], "false", StringComparison.OrdinalIgnoreCase);

    private static List<string> Names(JsonObject pod, string list) =>
        [.. (pod["spec"]?[list] as JsonArray ?? []).Select(container => Text(container, "name"))];

    private static string Text(JsonNode? parent, string field) => parent?[field]?.GetValue<string>() ?? "";
}
