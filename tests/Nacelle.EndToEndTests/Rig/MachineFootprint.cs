namespace Nacelle.EndToEndTests.Rig;

/// <summary>What on the machine could grow without carrying an instance's name: the network links of the host.</summary>
public sealed record MachineFootprint(IReadOnlySet<string> Links)
{
    public static MachineFootprint Take()
        => new(Directory.GetFileSystemEntries("/sys/class/net").Select(path => Path.GetFileName(path)).ToHashSet());
}
