using k8s.Models;

namespace Nacelle.Kubelet.Containers;

/// <summary>One field that the kubelet does not act on.</summary>
/// <param name="Field">As documents print it, with <c>[*]</c> for any element.</param>
/// <param name="Effect">What becomes of the Pod.</param>
/// <param name="Uses">The places in a Pod that use it.</param>
public sealed record FieldRule(string Field, FieldEffect Effect, Func<V1Pod, IEnumerable<FieldUse>> Uses);
