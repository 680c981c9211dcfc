using System.Text.Json.Nodes;
using Nacelle.ApiServer.Storage;

namespace Nacelle.ApiServer.Admission;

/// <summary>What the server decides about a write beyond the kind's own rules, in the order of the real server's plugins.</summary>
internal sealed class AdmissionChain(ObjectStore store)
{
    /// <summary>Completes the object, or refuses it; <paramref name="old"/> is null on creation.</summary>
    public void Mutate(WriteRequest request, JsonObject item, JsonObject? old)
    {
        NamespaceLifecycle.Admit(store, request, old);
        if (request.Type.Kind == "Node" && old is null)
        {
            NodeTaint.Admit(item);
        }

        if (request.Type.Kind != "Pod" || request.Subresource is not null)
        {
            return;
        }

        if (old is null)
        {
            PodPriority.Admit(store, request, item);
            PodRuntimeClass.Admit(store, request, item);
        }

        PodTolerations.Admit(item);
    }
}
