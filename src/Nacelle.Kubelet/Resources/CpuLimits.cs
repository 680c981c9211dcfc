namespace Nacelle.Kubelet.Resources;

/// <summary>Milli-CPUs in the kernel's terms (kubelet's defaults, cgroup v1 numbers; the v2 weight is made of the shares by whoever writes it).</summary>
internal static class CpuLimits
{
    /// <summary>Microseconds: the kubelet's default CFS period.</summary>
    public const long Period = 100_000;

    private const long MinShares = 2;
    private const long MaxShares = 262_144;
    private const long MinQuota = 1000;

    /// <summary>1024 shares a CPU, 2 to 262144.</summary>
    public static long Shares(long milli) => milli == 0 ? MinShares : Math.Clamp(milli * 1024 / 1000, MinShares, MaxShares);

    /// <summary>Microseconds in each <see cref="Period"/>, at least 1000; 0 without a limit.</summary>
    public static long Quota(long milli) => milli == 0 ? 0 : Math.Max(milli * Period / 1000, MinQuota);
}
