namespace Nacelle.Kubelet.Probes;

/// <summary>How a probe or a hook went, and what it said.</summary>
public sealed record ActionOutcome(bool Success, string Output)
{
    public static ActionOutcome Good { get; } = new(true, "");

    public static ActionOutcome Bad(string output) => new(false, output);

    /// <summary>It could not be tried, which says nothing about the container.</summary>
    public static ActionOutcome Untried(string why) => new(false, why) { Tried = false };

    public bool Tried { get; init; } = true;
}
