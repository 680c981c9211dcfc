using System.Globalization;
using System.Text.Json;
using k8s.Models;
using Nacelle.Inspect.Processes;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Inspection;

namespace Nacelle.Kubelet.InspectApi;

/// <summary><c>GET</c> of processes: one, or those that the query selects, as objects or as a Table. Read from <c>/proc</c> for each request.</summary>
internal static class ProcessListEndpoint
{
    public static async Task HandleAsync(InspectRequest request)
    {
        var query = ProcessQuery.Read(request.Http.Request);
        if (query.Watch)
        {
            await ProcessWatchEndpoint.HandleAsync(request, query).ConfigureAwait(false);
            return;
        }

        var (items, revision) = await LookAsync(request, query).ConfigureAwait(false);
        CheckRevision(query, revision);
        var matching = items.Where(item => query.Matches(request, item))
            .Where(item => query.After.Length == 0 || string.CompareOrdinal(ProcessQuery.KeyOf(item), query.After) > 0).ToList();
        var shown = query.Limit > 0 && matching.Count > query.Limit ? matching[..(int)query.Limit] : matching;
        await InspectEndpoints.WriteAsync(request.Http, writer =>
        {
            WriteHead(writer, query.Table ? "Table" : InspectGroup.ProcessKind + "List", query.Table ? "meta.k8s.io/v1" : InspectGroup.ApiVersion);
            writer.WriteStartObject("metadata"u8);
            writer.WriteString("resourceVersion"u8, revision.ToString(CultureInfo.InvariantCulture));
            if (shown.Count < matching.Count)
            {
                // What follows is as it is by then: processes do not wait for their readers.
                writer.WriteString("continue"u8, ProcessQuery.ContinueAfter(shown[^1]));
                writer.WriteNumber("remainingItemCount"u8, matching.Count - shown.Count);
            }

            writer.WriteEndObject();
            WriteItems(writer, request, query, shown);
            writer.WriteEndObject();
        }).ConfigureAwait(false);
    }

    /// <exception cref="ApiStatusException">404.</exception>
    public static async Task GetAsync(InspectRequest request)
    {
        var query = ProcessQuery.Read(request.Http.Request);
        var process = await FindAsync(request).ConfigureAwait(false);
        await InspectEndpoints.WriteAsync(request.Http, writer =>
        {
            if (query.Table)
            {
                WriteHead(writer, "Table", "meta.k8s.io/v1");
                writer.WriteStartObject("metadata"u8);
                writer.WriteString("resourceVersion"u8, process.Revision.ToString(CultureInfo.InvariantCulture));
                writer.WriteEndObject();
                WriteItems(writer, request, query, [process]);
                writer.WriteEndObject();
            }
            else
            {
                ProcessJson.Write(writer, process, request.Services.Users);
            }
        }).ConfigureAwait(false);
    }

    /// <summary>The process that the path names, as it is now.</summary>
    /// <exception cref="ApiStatusException">404.</exception>
    public static async Task<IndexedProcess> FindAsync(InspectRequest request)
    {
        var podName = request.Name.Split(':') is [var name, _, _] ? name : "";
        var (items, _) = await LookAsync(request, pod => pod.Metadata.NamespaceProperty == request.Namespace && pod.Metadata.Name == podName).ConfigureAwait(false);

        // A Pod that was removed by force may still end while the next of its name starts.
        return items.Where(item => item.Value.Name == request.Name).MaxBy(item => item.Value.Process.StartTicks)
            ?? throw ApiStatusException.NotFound(InspectGroup.Name, InspectGroup.Processes, request.Name);
    }

    /// <summary>Looks at the Pods that a query can be about.</summary>
    public static Task<(IReadOnlyList<IndexedProcess> Items, long Revision)> LookAsync(InspectRequest request, ProcessQuery query)
    {
        var podName = query.Fields.RequiredValue("status.podName") ?? query.Fields.RequiredValue("metadata.name")?.Split(':')[0];
        return LookAsync(request, pod => (request.Namespace.Length == 0 || pod.Metadata.NamespaceProperty == request.Namespace)
            && (podName is null || pod.Metadata.Name == podName));
    }

    /// <exception cref="ApiStatusException">410: the state that is asked for is not to be had, such as one from before a restart.</exception>
    public static void CheckRevision(ProcessQuery query, long revision)
    {
        if (query.Revision is { } asked and not 0 && (asked < 0 || asked > revision || (query.Exact && asked != revision)))
        {
            throw ApiStatusException.Expired(new RevisionUnknownException(asked, revision).Message);
        }
    }

    private static async Task<(IReadOnlyList<IndexedProcess> Items, long Revision)> LookAsync(InspectRequest request, Func<V1Pod, bool> wanted)
    {
        var services = request.Services;
        var pods = services.Pods.Pods.Where(wanted).ToList();
        var asked = pods.Select(p => p.Metadata.Uid).ToHashSet(StringComparer.Ordinal);
        var containers = await services.Containers.ListAsync(pods, request.Aborted).ConfigureAwait(false);
        var (items, revision) = services.Index.Refresh(containers, pod => asked.Contains(pod.Uid));
        return (items, revision);
    }

    private static void WriteHead(Utf8JsonWriter writer, string kind, string apiVersion)
    {
        writer.WriteStartObject();
        writer.WriteString("kind"u8, kind);
        writer.WriteString("apiVersion"u8, apiVersion);
    }

    private static void WriteItems(Utf8JsonWriter writer, InspectRequest request, ProcessQuery query, List<IndexedProcess> items)
    {
        if (query.Table)
        {
            ProcessTable.WriteColumns(writer);
        }

        writer.WriteStartArray(query.Table ? "rows"u8 : "items"u8);
        foreach (var item in items)
        {
            if (query.Table)
            {
                ProcessTable.WriteRow(writer, item, request.Services, query.IncludeObject);
            }
            else
            {
                ProcessJson.Write(writer, item, request.Services.Users);
            }
        }

        writer.WriteEndArray();
    }
}
