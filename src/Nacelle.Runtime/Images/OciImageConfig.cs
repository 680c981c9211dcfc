using System.Collections.Immutable;

namespace Nacelle.Runtime.Images;

/// <summary>The execution part of an OCI image configuration (OCI image specification, "config"); what is absent is empty.</summary>
public sealed record OciImageConfig
{
    public ImmutableArray<string> Entrypoint { get; init; } = [];

    public ImmutableArray<string> Cmd { get; init; } = [];

    /// <summary>Entries of the form <c>NAME=value</c>, in the image's order.</summary>
    public ImmutableArray<string> Env { get; init; } = [];

    /// <summary>Empty means <c>/</c>.</summary>
    public string WorkingDir { get; init; } = "";

    /// <summary><c>user</c>, <c>uid</c>, <c>user:group</c> in names or numbers, unresolved; empty means root.</summary>
    public string User { get; init; } = "";

    /// <summary>Paths that the image declares as volumes, sorted.</summary>
    public ImmutableArray<string> Volumes { get; init; } = [];

    /// <summary>A name (<c>SIGQUIT</c>) or a number; empty means SIGTERM.</summary>
    public string StopSignal { get; init; } = "";

    /// <summary>Entries such as <c>80/tcp</c>, sorted.</summary>
    public ImmutableArray<string> ExposedPorts { get; init; } = [];

    public ImmutableDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;
}
