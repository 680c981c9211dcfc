using System.Text.Json.Nodes;
using Nacelle.ApiServer.Resources;
using Nacelle.ApiServer.Storage;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Admission;

/// <summary>The way of a new object: default, own, admit, prepare, validate, warn, store.</summary>
internal sealed class CreateFlow(ObjectStore store, AdmissionChain admission, TimeProvider clock)
{
    // One chance in 27^5 each; a real server gives up after as many.
    private const int MaxNameAttempts = 8;

    /// <param name="request">What it is about.</param>
    /// <param name="item">The decoded document; changed on the way.</param>
    /// <param name="manager">Who owns the fields: records them, or leaves a patch's own record in place.</param>
    /// <param name="cancellationToken">Stops waiting for the store's queue.</param>
    /// <exception cref="ApiStatusException">Refused.</exception>
    public async Task<WrittenObject> RunAsync(WriteRequest request, JsonObject item, FieldOwner manager, CancellationToken cancellationToken)
    {
        ResourceType type = request.Type;
        JsonObject metadata = item.Ensure("metadata");
        ObjectMeta.SetNamespace(metadata, type, request.Namespace);
        if (metadata.Text("resourceVersion") is { Length: > 0 } version && version != "0" && !request.Options.DryRun)
        {
            throw ObjectMeta.Unknown("resourceVersion should not be set on objects to be created");
        }

        type.Default?.Invoke(item);
        string generateName = metadata.Text("name").Length == 0 ? metadata.Text("generateName") : "";
        manager.Record(request, item, null, clock.GetUtcNow());
        admission.Mutate(request, item, null);
        ObjectMeta.Begin(metadata, clock.GetUtcNow());
        if (type.CountsGeneration)
        {
            metadata["generation"] = 1;
        }

        type.PrepareForCreate?.Invoke(item);
        for (int attempt = 1; ; attempt++)
        {
            if (generateName.Length > 0)
            {
                metadata["name"] = ObjectMeta.GenerateName(generateName);
            }

            if (attempt == 1)
            {
                Validate(request, item);
                Warn(request, item);
            }

            string name = metadata.Text("name");
            try
            {
                return await StoreAsync(request, item, name, cancellationToken).ConfigureAwait(false);
            }
            catch (StoreConflictException)
            {
                if (generateName.Length == 0)
                {
                    throw Exists(type, request.Key(name), name);
                }

                if (attempt == MaxNameAttempts)
                {
                    throw ApiStatusException.GenerateNameConflict(type.Group, type.Plural, name, retryAfterSeconds: 1);
                }
            }
        }
    }

    private async Task<WrittenObject> StoreAsync(WriteRequest request, JsonObject item, string name, CancellationToken cancellationToken)
    {
        byte[] json = StorageForm.Write(request.Type, item);
        string key = request.Key(name);
        if (request.Options.DryRun)
        {
            return store.Get(request.Type.StorageKind, key) is { } taken
                ? throw new StoreConflictException(key, taken.Revision)
                : new WrittenObject(WithGivenRevision(json, item), Created: true);
        }

        StoredObject stored = await store.WriteAsync(
            new StoreWrite { Kind = request.Type.StorageKind, Key = key, Json = json, Relaxed = request.Type.TimeToLive is not null },
            cancellationToken).ConfigureAwait(false);
        return new WrittenObject(stored.Json, Created: true);
    }

    // Only a real write refuses a revision; a rehearsed one shows what it was given.
    private static byte[] WithGivenRevision(byte[] json, JsonObject item) =>
        ObjectMeta.ExpectedRevision(item.Ensure("metadata")) is > 0 and var revision ? StoredJson.WithRevision(json, revision) : json;

    private static void Validate(WriteRequest request, JsonObject item)
    {
        IReadOnlyList<FieldError> errors = request.Type.ValidateCreate?.Invoke(item) ?? [];
        if (errors.Count > 0)
        {
            throw request.Invalid(item.Child("metadata").Text("name"), errors);
        }
    }

    private static void Warn(WriteRequest request, JsonObject item) =>
        request.Warnings.AddRange(request.Type.Warnings?.Invoke(item, null) ?? []);

    private ApiStatusException Exists(ResourceType type, string key, string name)
    {
        ApiStatusException exists = ApiStatusException.AlreadyExists(type.Group, type.Plural, name);
        bool deleting = store.Get(type.StorageKind, key) is { } present
            && StorageForm.Read(type, present.Json).Child("metadata").Has("deletionTimestamp");
        return deleting
            ? new ApiStatusException(exists.Status with { Message = "object is being deleted: " + exists.Status.Message })
            : exists;
    }
}
