using System.Text.Json.Nodes;
using Nacelle.ApiServer.Resources;
using Nacelle.ApiServer.Storage;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Admission;

/// <summary>
/// The way of a changed object: read, change, check the version, own, admit, prepare, validate, warn, store. Without an
/// expected version it starts over when another write came between.
/// </summary>
internal sealed class UpdateFlow(ObjectStore store, AdmissionChain admission, TimeProvider clock)
{
    // Only many writers of one object get near it.
    private const int MaxAttempts = 64;

    /// <param name="request">What it is about.</param>
    /// <param name="change">From the object as it is to the object as it shall be; called again after a conflict.</param>
    /// <param name="manager">Who owns the changed fields.</param>
    /// <param name="cancellationToken">Stops waiting for the store's queue.</param>
    /// <exception cref="ApiStatusException">Refused, or not found.</exception>
    public async Task<WrittenObject> RunAsync(
        WriteRequest request, Func<JsonObject, JsonObject> change, FieldOwner manager, CancellationToken cancellationToken)
    {
        string key = request.Key(request.Name);
        for (int attempt = 1; ; attempt++)
        {
            StoredObject current = store.Get(request.Type.StorageKind, key) ?? throw request.NotFound();
            request.Warnings.Clear();
            JsonObject old = StorageForm.Read(request.Type, current.Json);
            JsonObject item = change((JsonObject)old.DeepClone());
            bool conditional = CheckVersion(request, item, current);
            Apply(request, item, old, manager);
            try
            {
                return await StoreAsync(request, current, item, old, cancellationToken).ConfigureAwait(false);
            }
            catch (StoreConflictException) when (!conditional && attempt < MaxAttempts)
            {
                // Someone else was faster: the change is made again on what they left.
            }
            catch (StoreConflictException)
            {
                throw ApiStatusException.StaleUpdate(request.Type.Group, request.Type.Plural, request.Name);
            }
        }
    }

    private static bool CheckVersion(WriteRequest request, JsonObject item, StoredObject current)
    {
        ResourceType type = request.Type;
        long expected = ObjectMeta.ExpectedRevision(item.Ensure("metadata"));
        if (expected != 0 && expected != current.Revision)
        {
            throw ApiStatusException.StaleUpdate(type.Group, type.Plural, request.Name);
        }

        if (request.InheritsVersion)
        {
            return false;
        }

        if (expected == 0 && type.NeedsVersionForUpdate)
        {
            throw ApiStatusException.Invalid(
                type.Group, type.Plural, request.Name, [FieldError.Invalid("metadata.resourceVersion", 0, "must be specified for an update")]);
        }

        return expected != 0;
    }

    private void Apply(WriteRequest request, JsonObject item, JsonObject old, FieldOwner manager)
    {
        ResourceType type = request.Type;
        JsonObject metadata = item.Ensure("metadata");
        JsonObject oldMetadata = old.Ensure("metadata");
        ObjectMeta.SetNamespace(metadata, type, request.Namespace);
        metadata["resourceVersion"] = oldMetadata.Text("resourceVersion");
        type.Default?.Invoke(item);
        manager.Record(request, item, old, clock.GetUtcNow());
        admission.Mutate(request, item, old);
        ObjectMeta.Carry(metadata, oldMetadata);
        (PrepareOf(request) ?? StatusSeparation.Of(request))(item, old);
        if (type.CountsGeneration && !JsonNode.DeepEquals(item["spec"], old["spec"]))
        {
            item.Ensure("metadata")["generation"] = oldMetadata.Number("generation") + 1;
        }

        IReadOnlyList<FieldError> errors =
            (request.Subresource is null ? type.ValidateUpdate : request.Subresource.ValidateUpdate)?.Invoke(item, old) ?? [];
        if (errors.Count > 0)
        {
            // The real server looks at the metadata of an update twice, and says so twice.
            throw request.Invalid(request.Name, [.. errors.Where(e => e.Field.StartsWith("metadata.", StringComparison.Ordinal)), .. errors]);
        }

        request.Warnings.AddRange(
            request.Subresource is null ? type.Warnings?.Invoke(item, old) ?? [] : request.Subresource.Warnings?.Invoke(item, old) ?? []);
    }

    private static Action<JsonObject, JsonObject>? PrepareOf(WriteRequest request) =>
        request.Subresource is null ? request.Type.PrepareForUpdate : request.Subresource.PrepareForUpdate;

    private async Task<WrittenObject> StoreAsync(
        WriteRequest request, StoredObject current, JsonObject item, JsonObject old, CancellationToken cancellationToken)
    {
        bool last = IsLastUpdate(request.Type, item, old);
        if (!last && JsonNode.DeepEquals(item, old))
        {
            return new WrittenObject(current.Json, Created: false);
        }

        byte[] json = StorageForm.Write(request.Type, item);
        if (request.Options.DryRun)
        {
            return new WrittenObject(StoredJson.WithRevision(json, current.Revision), Created: false);
        }

        StoredObject stored = await store.WriteAsync(
            new StoreWrite
            {
                Kind = request.Type.StorageKind,
                Key = current.Key,
                Expected = current,
                Json = json,
                Delete = last,
                Relaxed = request.Type.TimeToLive is not null,
            },
            cancellationToken).ConfigureAwait(false);
        return new WrittenObject(stored.Json, Created: false);
    }

    /// <summary>Whether the update took away the last thing that an object on its way out was waiting for.</summary>
    private static bool IsLastUpdate(ResourceType type, JsonObject item, JsonObject old)
    {
        JsonObject? oldMetadata = old.Child("metadata");
        if (item.Child("metadata").List("finalizers") is { Count: > 0 } || !oldMetadata.Has("deletionTimestamp"))
        {
            return false;
        }

        return type.Kind == "Namespace" && type.Group.Length == 0
            ? item.Child("spec").List("finalizers") is not { Count: > 0 }
            : oldMetadata.NumberOrNull("deletionGracePeriodSeconds") == 0;
    }
}
