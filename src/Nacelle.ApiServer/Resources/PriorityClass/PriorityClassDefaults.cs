using System.Text.Json.Nodes;
using Nacelle.Kubernetes;

namespace Nacelle.ApiServer.Resources.PriorityClass;

/// <summary>Defaults of a PriorityClass.</summary>
internal static class PriorityClassDefaults
{
    public static void Apply(JsonObject item)
    {
        if (!item.Has("preemptionPolicy"))
        {
            item["preemptionPolicy"] = "PreemptLowerPriority";
        }
    }
}
