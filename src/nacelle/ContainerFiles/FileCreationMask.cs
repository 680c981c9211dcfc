namespace Nacelle.ContainerFiles;

/// <summary>This process's umask, which no call tells without changing it (proc(5), <c>Umask</c>).</summary>
internal static class FileCreationMask
{
    public static uint Read()
    {
        const string field = "Umask:";
        var line = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith(field, StringComparison.Ordinal));
        return line is null ? 0x12 : Convert.ToUInt32(line[field.Length..].Trim(), 8);
    }
}
