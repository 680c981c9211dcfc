using System.Text.Json;

namespace Nacelle.Runtime.Images.Oci;

/// <summary>An image configuration as stored in a registry (OCI image specification, "image configuration").</summary>
internal sealed record OciImageDocument
{
    public string? Architecture { get; init; }

    public string? Os { get; init; }

    public string? Variant { get; init; }

    public ExecutionPart? Config { get; init; }

    public RootFsPart? Rootfs { get; init; }

    /// <summary>The execution parameters with absent parts made empty.</summary>
    public OciImageConfig ToConfig() => Config is not { } part
        ? new OciImageConfig()
        : new OciImageConfig
        {
            Entrypoint = [.. part.Entrypoint ?? []],
            Cmd = [.. part.Cmd ?? []],
            Env = [.. part.Env ?? []],
            WorkingDir = part.WorkingDir ?? "",
            User = part.User ?? "",
            Volumes = [.. (part.Volumes?.Keys ?? Enumerable.Empty<string>()).Order(StringComparer.Ordinal)],
            StopSignal = part.StopSignal ?? "",
            ExposedPorts = [.. (part.ExposedPorts?.Keys ?? Enumerable.Empty<string>()).Order(StringComparer.Ordinal)],
            Labels = System.Collections.Immutable.ImmutableDictionary.CreateRange(StringComparer.Ordinal, part.Labels ?? []),
        };

    internal sealed record ExecutionPart
    {
        public IReadOnlyList<string>? Entrypoint { get; init; }

        public IReadOnlyList<string>? Cmd { get; init; }

        public IReadOnlyList<string>? Env { get; init; }

        public string? WorkingDir { get; init; }

        public string? User { get; init; }

        public Dictionary<string, JsonElement>? Volumes { get; init; }

        public string? StopSignal { get; init; }

        public Dictionary<string, JsonElement>? ExposedPorts { get; init; }

        public Dictionary<string, string>? Labels { get; init; }
    }

    internal sealed record RootFsPart
    {
        public string? Type { get; init; }

        [System.Text.Json.Serialization.JsonPropertyName("diff_ids")]
        public IReadOnlyList<string>? DiffIds { get; init; }
    }
}
