using System.Collections.Immutable;

namespace Nacelle.Runtime.Images.State;

/// <summary><see cref="OciImageConfig"/> as plain members that are safe to read back from any version of this file.</summary>
internal sealed record StoredConfig
{
    public IReadOnlyList<string> Entrypoint { get; init; } = [];

    public IReadOnlyList<string> Cmd { get; init; } = [];

    public IReadOnlyList<string> Env { get; init; } = [];

    public string WorkingDir { get; init; } = "";

    public string User { get; init; } = "";

    public IReadOnlyList<string> Volumes { get; init; } = [];

    public string StopSignal { get; init; } = "";

    public IReadOnlyList<string> ExposedPorts { get; init; } = [];

    public IReadOnlyDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;

    public static StoredConfig From(OciImageConfig config) => new()
    {
        Entrypoint = config.Entrypoint,
        Cmd = config.Cmd,
        Env = config.Env,
        WorkingDir = config.WorkingDir,
        User = config.User,
        Volumes = config.Volumes,
        StopSignal = config.StopSignal,
        ExposedPorts = config.ExposedPorts,
        Labels = config.Labels,
    };

    public OciImageConfig ToConfig() => new()
    {
        Entrypoint = [.. Entrypoint],
        Cmd = [.. Cmd],
        Env = [.. Env],
        WorkingDir = WorkingDir,
        User = User,
        Volumes = [.. Volumes],
        StopSignal = StopSignal,
        ExposedPorts = [.. ExposedPorts],
        Labels = ImmutableDictionary.CreateRange(StringComparer.Ordinal, Labels),
    };
}
