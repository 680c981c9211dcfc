using System.Collections.Immutable;
using System.Globalization;

namespace Nacelle.Kubernetes.Exposure;

/// <summary>Who a process is to the kernel (credentials(7), capabilities(7)). Capability sets are bit masks, bit N for capability N.</summary>
public sealed record Credentials
{
    public required IdTriple Uids { get; init; }

    public required IdTriple Gids { get; init; }

    /// <summary>Supplementary groups.</summary>
    public ImmutableArray<long> Groups { get; init; } = [];

    public ulong Permitted { get; init; }

    public ulong Effective { get; init; }

    public ulong Inheritable { get; init; }

    public ulong Bounding { get; init; }

    public ulong Ambient { get; init; }

    /// <summary>Whether no exec can give it more than it has (PR_SET_NO_NEW_PRIVS).</summary>
    public bool NoNewPrivileges { get; init; }

    /// <summary>The same for two processes that the kernel treats alike.</summary>
    public string Key => string.Create(CultureInfo.InvariantCulture,
        $"{Uids}{Gids}{Permitted:x},{Effective:x},{Inheritable:x},{Bounding:x},{Ambient:x},{NoNewPrivileges},{string.Join(' ', Groups)}");

    /// <summary>Whether steps of one process led to the same twice: what no step changes is not compared.</summary>
    public bool IsSameAs(Credentials other) => Uids == other.Uids && Gids == other.Gids && Permitted == other.Permitted
        && Effective == other.Effective && Inheritable == other.Inheritable && Ambient == other.Ambient;

    public bool Can(int capability) => LinuxCapabilities.Has(Effective, capability);

    public bool MayRaise(int capability) => LinuxCapabilities.Has(Permitted, capability);

    /// <summary>The same process without the capabilities, which no exec gives back.</summary>
    public Credentials Without(ulong capabilities) => this with
    {
        Permitted = Permitted & ~capabilities,
        Effective = Effective & ~capabilities,
        Inheritable = Inheritable & ~capabilities,
        Bounding = Bounding & ~capabilities,
        Ambient = Ambient & ~capabilities,
    };

    /// <summary>A container's process that runs as a user without privilege: the kernel clears its sets at exec.</summary>
    public Credentials AsUser(long uid) => this with
    {
        Uids = IdTriple.All(uid),
        Gids = IdTriple.All(uid),
        Permitted = 0,
        Effective = 0,
        Inheritable = 0,
        Ambient = 0,
    };
}
