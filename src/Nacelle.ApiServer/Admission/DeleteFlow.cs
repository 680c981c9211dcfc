using System.Text.Json.Nodes;
using Nacelle.ApiServer.Resources;
using Nacelle.ApiServer.Storage;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Admission;

/// <summary>
/// Takes an object out: at once, or by marking it when it has a grace period or finalizers, so that whoever runs it or
/// holds it can finish (API conventions, "Graceful deletion" and "Finalizers").
/// </summary>
internal sealed class DeleteFlow(ObjectStore store, TimeProvider clock)
{
    private const int MaxAttempts = 64;

    /// <param name="type">Kind of the object.</param>
    /// <param name="key">Its key.</param>
    /// <param name="name">Its name, for errors.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Stops waiting for the store's queue.</param>
    /// <param name="note">Notes in the object why it goes; null for nothing to note.</param>
    /// <exception cref="ApiStatusException">Not found, or a precondition does not hold.</exception>
    public async Task<DeletedObject> RunAsync(
        ResourceType type, string key, string name, DeleteOptions options, CancellationToken cancellationToken, Action<JsonObject>? note = null)
    {
        NamespaceLifecycle.AdmitDelete(type.Plural, name);
        for (int attempt = 1; ; attempt++)
        {
            StoredObject current = store.Get(type.StorageKind, key) ?? throw ApiStatusException.NotFound(type.Group, type.Plural, name);
            JsonObject item = StorageForm.Read(type, current.Json);
            CheckPreconditions(type, name, item, options);
            Step step = Decide(type, item, options);
            if (step == Step.Nothing)
            {
                return new DeletedObject(item, Gone: false);
            }

            note?.Invoke(item);
            try
            {
                byte[] json = await StoreAsync(type, current, item, step == Step.Remove, options.DryRun, cancellationToken).ConfigureAwait(false);
                return new DeletedObject(StorageForm.Read(type, json), Gone: step == Step.Remove);
            }
            catch (StoreConflictException) when (attempt < MaxAttempts)
            {
                // Changed meanwhile: decide again on what it is now.
            }
        }
    }

    private enum Step
    {
        Nothing,
        Mark,
        Remove,
    }

    /// <summary>Marks the document where that is due, and says what to do with it.</summary>
    private Step Decide(ResourceType type, JsonObject item, DeleteOptions options)
    {
        JsonObject metadata = item.Ensure("metadata");
        if (type.Kind == "Namespace" && type.Group.Length == 0)
        {
            return DecideNamespace(item, metadata);
        }

        Step graceful = type.GracePeriod is null ? Step.Remove : Shorten(type.GracePeriod, item, metadata, options);
        if (graceful == Step.Nothing)
        {
            return Step.Nothing;
        }

        // No garbage collector runs here, so Orphan and Foreground put no finalizer on the object: nobody would take it off again.
        if (!metadata.Texts("finalizers").Any())
        {
            return graceful;
        }

        bool marked = metadata.Has("deletionTimestamp");
        Mark(metadata, graceful == Step.Remove ? 0 : null);
        return marked && type.GracePeriod is null ? Step.Nothing : Step.Mark;
    }

    /// <summary>Sets or shortens the grace period; <see cref="Step.Remove"/> when nothing of it is left.</summary>
    private Step Shorten(Func<JsonObject, long?, long> grace, JsonObject item, JsonObject metadata, DeleteOptions options)
    {
        if (!metadata.Has("deletionTimestamp"))
        {
            long period = grace(item, options.GracePeriodSeconds);
            Mark(metadata, period);
            return period > 0 ? Step.Mark : Step.Remove;
        }

        long? present = metadata.NumberOrNull("deletionGracePeriodSeconds");
        if (present is null || options.GracePeriodSeconds is not { } asked || asked >= present)
        {
            return Step.Nothing;
        }

        DateTimeOffset began = DateTimeOffset.Parse(metadata.Text("deletionTimestamp"), System.Globalization.CultureInfo.InvariantCulture)
            - TimeSpan.FromSeconds(present.Value);
        metadata["deletionTimestamp"] = ObjectMeta.Time(began + TimeSpan.FromSeconds(asked));
        metadata["deletionGracePeriodSeconds"] = asked;
        return asked > 0 ? Step.Mark : Step.Remove;
    }

    /// <summary>A namespace is emptied first: the controller sees the mark and finalizes it.</summary>
    private Step DecideNamespace(JsonObject item, JsonObject metadata)
    {
        if (!metadata.Has("deletionTimestamp"))
        {
            metadata["deletionTimestamp"] = ObjectMeta.Time(clock.GetUtcNow());
            item.Ensure("status")["phase"] = "Terminating";
            return Step.Mark;
        }

        bool held = item.Child("spec").List("finalizers") is { Count: > 0 } || metadata.List("finalizers") is { Count: > 0 };
        return held ? Step.Nothing : Step.Remove;
    }

    private void Mark(JsonObject metadata, long? gracePeriodSeconds)
    {
        if (!metadata.Has("deletionTimestamp"))
        {
            if (metadata.Number("generation") is > 0 and var generation)
            {
                metadata["generation"] = generation + 1;
            }

            metadata["deletionTimestamp"] = ObjectMeta.Time(clock.GetUtcNow() + TimeSpan.FromSeconds(gracePeriodSeconds ?? 0));
        }

        if (gracePeriodSeconds is { } seconds)
        {
            metadata["deletionGracePeriodSeconds"] = seconds;
        }
    }

    private async Task<byte[]> StoreAsync(
        ResourceType type, StoredObject current, JsonObject item, bool remove, bool dryRun, CancellationToken cancellationToken)
    {
        byte[] json = StorageForm.Write(type, item);
        if (dryRun)
        {
            return StoredJson.WithRevision(json, current.Revision);
        }

        StoredObject stored = await store.WriteAsync(
            new StoreWrite
            {
                Kind = type.StorageKind,
                Key = current.Key,
                Expected = current,
                Json = json,
                Delete = remove,
                Relaxed = type.TimeToLive is not null,
            },
            cancellationToken).ConfigureAwait(false);
        return stored.Json;
    }

    private static void CheckPreconditions(ResourceType type, string name, JsonObject item, DeleteOptions options)
    {
        JsonObject? metadata = item.Child("metadata");
        if (options.Uid is { } uid && uid != metadata.Text("uid"))
        {
            throw ApiStatusException.Conflict(type.Group, type.Kind, name,
                $"the UID in the precondition ({uid}) does not match the UID in record ({metadata.Text("uid")}). The object might have been deleted and then recreated");
        }

        if (options.ResourceVersion is { } version && version != metadata.Text("resourceVersion"))
        {
            throw ApiStatusException.Conflict(type.Group, type.Kind, name,
                $"the ResourceVersion in the precondition ({version}) does not match the ResourceVersion in record ({metadata.Text("resourceVersion")}). The object might have been modified");
        }
    }
}
