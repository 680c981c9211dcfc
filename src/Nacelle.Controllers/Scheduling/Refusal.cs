namespace Nacelle.Controllers.Scheduling;

/// <summary>Why a node can't take a Pod, in the words of kube-scheduler's plugins.</summary>
/// <param name="Reason">The text that the FailedScheduling event counts nodes by.</param>
/// <param name="EndsWithFewerPods">Whether removing Pods from the node could make room; false where only the node or the Pod can change.</param>
public readonly record struct Refusal(string Reason, bool EndsWithFewerPods);
