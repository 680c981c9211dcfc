using k8s.Models;

namespace Nacelle.Controllers.Scheduling.Filters;

/// <summary>Whether a Pod's tolerations match a taint (API reference, Toleration v1 core).</summary>
public static class Tolerations
{
    public static bool Tolerate(V1Pod pod, V1Taint taint)
        => pod.Spec.Tolerations?.Any(toleration => Matches(toleration, taint)) == true;

    public static bool Matches(V1Toleration toleration, V1Taint taint)
    {
        if (!string.IsNullOrEmpty(toleration.Effect) && toleration.Effect != taint.Effect)
        {
            return false;
        }

        // An empty key stands for every key; validation allows it with Exists only.
        if (!string.IsNullOrEmpty(toleration.Key) && toleration.Key != taint.Key)
        {
            return false;
        }

        return toleration.OperatorProperty switch
        {
            null or "" or "Equal" => (toleration.Value ?? "") == (taint.Value ?? ""),
            "Exists" => true,
            _ => false,
        };
    }
}
