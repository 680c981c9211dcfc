using Nacelle.Kubernetes.Exposure;

namespace Nacelle.UnitTests.Kubernetes.Exposure;

/// <summary>Processes for the rules' tests.</summary>
internal static class Situations
{
    public static readonly ulong Ptrace = LinuxCapabilities.Mask("SYS_PTRACE");

    public static Credentials User(long uid, ulong effective = 0, ulong? permitted = null, ulong? bounding = null) => new()
    {
        Uids = IdTriple.All(uid),
        Gids = IdTriple.All(uid),
        Effective = effective,
        Permitted = permitted ?? effective,
        Bounding = bounding ?? permitted ?? effective,
    };

    public static AccessSituation Of(Credentials observer, Credentials target) => new() { Observer = observer, Target = target, Visible = true };
}
