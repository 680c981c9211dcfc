using System.Collections.Immutable;

namespace Nacelle.Kubernetes.Exposure;

/// <summary>What is said of one access of one container to another.</summary>
public sealed record ExposureFinding
{
    public required string Pod { get; init; }

    public required string Observer { get; init; }

    public required string Target { get; init; }

    public required Access Access { get; init; }

    /// <summary>The worst case over the target's processes, for the observer's strongest process.</summary>
    public required Allowed Allowed { get; init; }

    /// <summary>Whether it was tried and came out as predicted; null where it was not tried.</summary>
    public bool? Verified { get; init; }

    /// <summary>How much it matters; Info where the access is not open.</summary>
    public required ExposureLevel Level { get; init; }

    /// <summary>The kernel's rule that decided, with its source.</summary>
    public required string Rule { get; init; }

    /// <summary>The steps that the observer takes first, comma-separated; empty for none.</summary>
    public string Steps { get; init; } = "";

    /// <summary>Names of what the access lets through, beyond what the observer has by its own manifest.</summary>
    public ImmutableArray<string> Exposes { get; init; } = [];

    /// <summary>The smallest change that closes it; empty where nothing is open.</summary>
    public string Remedy { get; init; } = "";

    /// <summary>What could not be known or tried; empty for nothing.</summary>
    public string Note { get; init; } = "";

    /// <summary>Whether it counts as a finding.</summary>
    public bool IsOpen => Allowed != Allowed.No;
}
