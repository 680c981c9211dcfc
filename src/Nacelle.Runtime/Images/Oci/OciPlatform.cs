using System.Runtime.InteropServices;

namespace Nacelle.Runtime.Images.Oci;

/// <summary>Operating system and processor in Go's names, as image indexes and configurations carry them.</summary>
internal sealed record OciPlatform
{
    public string? Architecture { get; init; }

    public string? Os { get; init; }

    public string? Variant { get; init; }

    /// <summary>The platform of this process.</summary>
    public static OciPlatform Current { get; } = For(RuntimeInformation.ProcessArchitecture);

    public static OciPlatform For(Architecture architecture) => architecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => new OciPlatform { Os = "linux", Architecture = "amd64" },
        System.Runtime.InteropServices.Architecture.Arm64 => new OciPlatform { Os = "linux", Architecture = "arm64", Variant = "v8" },
        System.Runtime.InteropServices.Architecture.Arm => new OciPlatform { Os = "linux", Architecture = "arm", Variant = "v7" },
        _ => new OciPlatform { Os = "linux", Architecture = architecture.ToString().ToLowerInvariant() },
    };

    /// <summary>Whether what is offered runs here; a variant matters only where both sides name one.</summary>
    public bool Accepts(string? os, string? architecture, string? variant) =>
        os == Os && architecture == Architecture
        && (string.IsNullOrEmpty(variant) || string.IsNullOrEmpty(Variant) || variant == Variant);

    public override string ToString() => $"{Os}/{Architecture}";
}
