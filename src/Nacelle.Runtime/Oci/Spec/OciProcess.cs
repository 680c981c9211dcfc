using System.Collections.Immutable;

namespace Nacelle.Runtime.Oci.Spec;

/// <summary>A process: the container's first, or one of exec (then it is the whole document).</summary>
internal sealed record OciProcess
{
    public bool Terminal { get; init; }

    public required OciUser User { get; init; }

    public required ImmutableArray<string> Args { get; init; }

    public required ImmutableArray<string> Env { get; init; }

    public required string Cwd { get; init; }

    public OciCapabilities? Capabilities { get; init; }

    public bool NoNewPrivileges { get; init; }

    public int? OomScoreAdj { get; init; }
}
