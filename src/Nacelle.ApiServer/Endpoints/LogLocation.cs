using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Endpoints;

/// <summary>Where on a kubelet's node API a container's log is found (API reference, PodLogOptions).</summary>
internal static class LogLocation
{
    private static readonly string[] Flags = ["follow", "previous", "timestamps"];
    private static readonly string[] Numbers = ["sinceSeconds", "tailLines", "limitBytes"];

    /// <exception cref="ApiStatusException">400 or 422: no such container, or an option that means nothing.</exception>
    public static string PathAndQuery(JsonObject pod, IQueryCollection query)
    {
        Check(query);
        JsonObject? metadata = pod.Child("metadata");
        string container = Container(pod, metadata.Text("name"), query.Text("container"));
        var options = new List<KeyValuePair<string, string?>>();
        options.AddRange(Flags.Where(f => query.Flag(f) == true).Select(f => KeyValuePair.Create(f, (string?)"true")));
        foreach (string name in (string[])[.. Numbers, "sinceTime", "stream"])
        {
            if (query.Text(name) is { Length: > 0 } value)
            {
                options.Add(KeyValuePair.Create(name, (string?)value));
            }
        }

        string path = $"/containerLogs/{Uri.EscapeDataString(metadata.Text("namespace"))}/{Uri.EscapeDataString(metadata.Text("name"))}/{Uri.EscapeDataString(container)}";
        return path + QueryString.Create(options);
    }

    private static void Check(IQueryCollection query)
    {
        var errors = new List<FieldError>();
        long? tail = query.Number("tailLines");
        long? limit = query.Number("limitBytes");
        long? since = query.Number("sinceSeconds");
        if (tail < 0)
        {
            errors.Add(FieldError.Invalid("tailLines", tail, "must be greater than or equal to 0"));
        }

        if (limit < 1)
        {
            errors.Add(FieldError.Invalid("limitBytes", limit, "must be greater than 0"));
        }

        if (since is not null && query.Text("sinceTime").Length > 0)
        {
            errors.Add(FieldError.Forbidden("", "at most one of `sinceTime` or `sinceSeconds` may be specified"));
        }
        else if (since < 1)
        {
            errors.Add(FieldError.Invalid("sinceSeconds", since, "must be greater than 0"));
        }

        if (errors.Count > 0)
        {
            throw ApiStatusException.Invalid("", "PodLogOptions", "", errors);
        }
    }

    private static string Container(JsonObject pod, string podName, string wanted)
    {
        JsonObject? spec = pod.Child("spec");
        string[] regular = Names(spec, "containers");
        string[] init = Names(spec, "initContainers");
        if (wanted.Length > 0)
        {
            return regular.Concat(init).Concat(Names(spec, "ephemeralContainers")).Contains(wanted)
                ? wanted
                : throw ApiStatusException.BadRequest($"container {wanted} is not valid for pod {podName}");
        }

        if (regular is [string only])
        {
            return only;
        }

        string choice = init.Length == 0 ? "" : $" or one of the init containers: [{string.Join(' ', init)}]";
        throw ApiStatusException.BadRequest(
            $"a container name must be specified for pod {podName}, choose one of: [{string.Join(' ', regular)}]{choice}");
    }

    private static string[] Names(JsonObject? spec, string list) => [.. spec.Items(list).Select(c => c.Text("name"))];
}
