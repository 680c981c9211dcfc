namespace Nacelle.Linux.Cgroups;

/// <summary>Which kind of control groups carries the controllers.</summary>
public enum CgroupVersion
{
    /// <summary>One hierarchy for each controller (also where an empty cgroup2 stands beside: "hybrid").</summary>
    V1 = 1,

    /// <summary>The unified hierarchy.</summary>
    V2 = 2,
}
