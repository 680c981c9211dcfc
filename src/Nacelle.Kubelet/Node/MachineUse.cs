using System.Globalization;

namespace Nacelle.Kubelet.Node;

/// <summary>How full the machine is now.</summary>
/// <param name="MemoryAvailableBytes">What programs could still get without swapping (<c>MemAvailable</c>).</param>
/// <param name="DiskTotalBytes">Size of the file system that holds the Pods' directories.</param>
/// <param name="DiskFreeBytes">What is free on it for an ordinary user.</param>
/// <param name="Processes">Processes and threads that exist.</param>
/// <param name="MaxProcesses">How many there may be.</param>
public sealed record MachineUse(long MemoryAvailableBytes, long DiskTotalBytes, long DiskFreeBytes, long Processes, long MaxProcesses)
{
    /// <summary>Reads <c>/proc</c> and the file system.</summary>
    /// <param name="directory">A directory on the file system that counts.</param>
    /// <exception cref="IOException"><c>/proc</c> or the directory cannot be read.</exception>
    public static MachineUse Read(string directory)
    {
        var disk = new DriveInfo(directory);
        return new MachineUse(
            AvailableMemory(File.ReadLines("/proc/meminfo")),
            disk.TotalSize,
            disk.AvailableFreeSpace,
            Threads(File.ReadAllText("/proc/loadavg")),
            Math.Min(Number("/proc/sys/kernel/pid_max"), Number("/proc/sys/kernel/threads-max")));
    }

    internal static long AvailableMemory(IEnumerable<string> memoryInformation)
    {
        var line = memoryInformation.First(l => l.StartsWith("MemAvailable:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    // "0.01 0.02 0.00 1/142 4711": running and all.
    internal static long Threads(string loadAverage) => long.Parse(loadAverage.Split(' ')[3].Split('/')[1], CultureInfo.InvariantCulture);

    private static long Number(string path) => long.Parse(File.ReadAllText(path), CultureInfo.InvariantCulture);
}
