using System.Text.Json.Nodes;
using Nacelle.ApiServer.Admission;
using Nacelle.ApiServer.Resources;
using Nacelle.ApiServer.Storage;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Schema;

namespace Nacelle.ApiServer.Endpoints;

/// <summary>Actions on Pods that are neither reads nor views: assigning one to a node, and evicting one.</summary>
internal static class ActionEndpoints
{
    /// <summary><c>POST pods/NAME/binding</c> and the older <c>POST bindings</c>.</summary>
    public static async Task BindAsync(ApiRequest request)
    {
        Representation representation = ContentNegotiation.ForObject(request.Http.Request);
        WriteOptions options = WriteOptions.Read(request.Http.Request, "CreateOptions");
        JsonObject binding = await BodyReader.ReadObjectAsync(
            request.Http.Request, ObjectSchema.Get("", "v1", "Binding"), options.Validation, request.Warnings).ConfigureAwait(false);
        JsonObject metadata = binding.Ensure("metadata");
        ObjectMeta.SetNamespace(metadata, ResourceRegistry.Find("", "v1", "pods")!, request.Path.Namespace);
        string name = metadata.Text("name");
        if (request.Path.Name is { } expected && name != expected)
        {
            throw ApiStatusException.BadRequest("name in URL does not match name in Binding object");
        }

        List<FieldError> errors = Check(binding.Child("target"));
        if (errors.Count > 0)
        {
            throw ApiStatusException.Invalid("", "Binding", name, errors);
        }

        await AssignAsync(request, options, binding, name).ConfigureAwait(false);
        await ResponseWriter.WriteDocumentAsync(Created(request), representation, new ApiStatus { Code = 201, Status = "Success" }.ToJson()).ConfigureAwait(false);
    }

    /// <summary><c>POST pods/NAME/eviction</c>: a deletion that whoever protects the Pod may refuse; nobody does here yet.</summary>
    public static async Task EvictAsync(ApiRequest request)
    {
        Representation representation = ContentNegotiation.ForObject(request.Http.Request);
        WriteOptions options = WriteOptions.Read(request.Http.Request, "CreateOptions");
        JsonObject eviction = await BodyReader.ReadObjectAsync(
            request.Http.Request, ObjectSchema.Get("policy", "v1", "Eviction"), options.Validation, request.Warnings).ConfigureAwait(false);
        if (eviction.Child("metadata").Text("name") != request.Name)
        {
            throw ApiStatusException.BadRequest("name in URL does not match name in Eviction object");
        }

        DeleteOptions how = eviction.Child("deleteOptions") is { } given ? DeleteOptions.FromDocument(given) : new DeleteOptions();
        await request.Services.Delete
            .RunAsync(
                request.Type, request.Path.Key, request.Name, how with { DryRun = how.DryRun || options.DryRun }, request.Aborted,
                pod => SetCondition(pod, "DisruptionTarget", "EvictionByEvictionAPI", "Eviction API: evicting", request.Services.Clock.GetUtcNow()))
            .ConfigureAwait(false);
        await ResponseWriter.WriteDocumentAsync(Created(request), representation, new ApiStatus { Code = 201, Status = "Success" }.ToJson()).ConfigureAwait(false);
    }

    private static Microsoft.AspNetCore.Http.HttpContext Created(ApiRequest request)
    {
        request.Http.Response.StatusCode = 201;
        WarningHeaders.Add(request.Http.Response, request.Warnings);
        return request.Http;
    }

    private static List<FieldError> Check(JsonObject? target)
    {
        var errors = new List<FieldError>();
        if (target.Text("kind") is { Length: > 0 } kind && kind != "Node")
        {
            errors.Add(FieldError.NotSupported("target.kind", kind, "Node", "<empty>"));
        }

        if (target.Text("name").Length == 0)
        {
            errors.Add(FieldError.Required("target.name"));
        }

        return errors;
    }

    private static async Task AssignAsync(ApiRequest request, WriteOptions options, JsonObject binding, string name)
    {
        ResourceType pods = ResourceRegistry.Find("", "v1", "pods")!;
        string key = $"{request.Path.Namespace}/{name}";
        ObjectStore store = request.Services.Store;
        while (true)
        {
            StoredObject current = store.Get(pods.StorageKind, key) ?? throw ApiStatusException.NotFound("", "pods", name);
            JsonObject pod = StorageForm.Read(pods, current.Json);
            Assign(request, pod, binding, name);
            if (options.DryRun)
            {
                return;
            }

            try
            {
                await store.WriteAsync(
                    new StoreWrite { Kind = pods.StorageKind, Key = key, Expected = current, Json = StorageForm.Write(pods, pod) },
                    request.Aborted).ConfigureAwait(false);
                return;
            }
            catch (StoreConflictException)
            {
                // Its status changed meanwhile; what forbids a binding is looked at again.
            }
        }
    }

    private static void Assign(ApiRequest request, JsonObject pod, JsonObject binding, string name)
    {
        JsonObject metadata = pod.Ensure("metadata");
        JsonObject spec = pod.Ensure("spec");
        JsonObject given = binding.Ensure("metadata");
        string? refusal =
            given.Text("uid") is { Length: > 0 } uid && uid != metadata.Text("uid")
                ? $"Precondition failed: UID in precondition: {uid}, UID in object meta: {metadata.Text("uid")}"
            : metadata.Has("deletionTimestamp") ? $"pod {name} is being deleted, cannot be assigned to a host"
            : spec.Text("nodeName") is { Length: > 0 } node ? $"pod {name} is already assigned to node {GoText.Quote(node)}"
            : spec.List("schedulingGates") is { Count: > 0 } ? $"pod {name} has non-empty .spec.schedulingGates"
            : null;
        if (refusal is not null)
        {
            throw ApiStatusException.Conflict("", "pods/binding", name, refusal);
        }

        spec["nodeName"] = binding.Child("target").Text("name");
        foreach ((string annotation, JsonNode? value) in given.Child("annotations") ?? [])
        {
            metadata.Ensure("annotations")[annotation] = value?.DeepClone();
        }

        SetCondition(pod, "PodScheduled", "", "", request.Services.Clock.GetUtcNow());
    }

    /// <summary>Sets a condition of the Pod to true.</summary>
    private static void SetCondition(JsonObject pod, string type, string reason, string message, DateTimeOffset now)
    {
        JsonObject status = pod.Ensure("status");
        if (status.List("conditions") is not { } conditions)
        {
            conditions = [];
            status["conditions"] = conditions;
        }

        JsonObject? condition = conditions.OfType<JsonObject>().FirstOrDefault(c => c.Text("type") == type);
        if (condition is null)
        {
            condition = new JsonObject { ["type"] = type };
            conditions.Add((JsonNode)condition);
        }

        if (condition.Text("status") != "True")
        {
            condition["status"] = "True";
            condition["lastProbeTime"] = null;
            condition["lastTransitionTime"] = ObjectMeta.Time(now);
        }

        Put(condition, "reason", reason);
        Put(condition, "message", message);
    }

    private static void Put(JsonObject target, string name, string text)
    {
        target.Remove(name);
        if (text.Length > 0)
        {
            target[name] = text;
        }
    }
}
