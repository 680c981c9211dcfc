using Nacelle.Runtime.Images.Layers;
using Nacelle.Runtime.Images.Registry;

namespace Nacelle.Runtime.Images;

/// <summary>Where the store is and what it takes.</summary>
public sealed record ImageStoreOptions
{
    /// <summary>The store's own directory, made if missing, mode 0700; on a file system that overlayfs takes lowerdirs from.</summary>
    public string Directory { get; init; } = "/var/lib/nacelle/runtime/images";

    public RegistryOptions Registries { get; init; } = new();

    public LayerLimits Limits { get; init; } = new();

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
