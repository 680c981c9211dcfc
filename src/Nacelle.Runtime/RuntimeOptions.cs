using Nacelle.Runtime.Images;
using Nacelle.Runtime.Networking;
using Nacelle.Runtime.Streaming;

namespace Nacelle.Runtime;

/// <summary>Where the runtime keeps things and what it uses. Two runtimes with different directories, bridges and CIDRs run side by side.</summary>
public sealed record RuntimeOptions
{
    /// <summary>The CRI socket; made with mode 0600.</summary>
    public string SocketPath { get; init; } = "/run/nacelle/runtime.sock";

    /// <summary>What outlives a reboot: images, records of sandboxes and containers, writable layers. On a file system that overlayfs can write to.</summary>
    public string StateDirectory { get; init; } = "/var/lib/nacelle/runtime";

    /// <summary>What a reboot may take: bundles, exit files, mounts. Keep it short: a bundle's attach socket has a path limit of 107 bytes.</summary>
    public string RunDirectory { get; init; } = "/run/nacelle";

    /// <summary>The OCI runtime; the first of crun and runc on PATH when null.</summary>
    public string? RuntimePath { get; init; }

    /// <summary>conmon; found on PATH when null.</summary>
    public string? ConmonPath { get; init; }

    /// <summary>Another program to be every sandbox's <c>/pause</c>, statically linked; the built-in one when null.</summary>
    public string? PausePath { get; init; }

    /// <summary>The cgroup of sandboxes whose configuration names no parent.</summary>
    public string DefaultCgroupParent { get; init; } = "/nacelle/default";

    /// <summary>Whether to ask the kernel at start for cheap moves between cgroups (mount option favordynmods).</summary>
    public bool FavorDynamicModifications { get; init; } = true;

    /// <summary>Bytes of a Pod's shared <c>/dev/shm</c>.</summary>
    public long SharedMemorySize { get; init; } = 64 << 20;

    /// <summary>Far longer than any start takes: it only keeps a stuck program from holding a container for ever.</summary>
    public TimeSpan StartDeadline { get; init; } = TimeSpan.FromMinutes(2);

    public ImageStoreOptions Images { get; init; } = new();

    public PodNetworkOptions Network { get; init; } = new();

    public StreamingOptions Streaming { get; init; } = new();

    /// <summary>Said by Version and Status.</summary>
    public string Version { get; init; } = "0.1.0";

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
