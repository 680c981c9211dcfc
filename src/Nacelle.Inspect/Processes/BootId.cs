namespace Nacelle.Inspect.Processes;

/// <summary>A number that the kernel draws at each boot (random(4)).</summary>
internal static class BootId
{
    public static string Current { get; } = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
}
