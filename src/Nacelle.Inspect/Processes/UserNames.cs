using System.Globalization;
using System.Text;
using Nacelle.Linux;
using Nacelle.Linux.Files;

namespace Nacelle.Inspect.Processes;

/// <summary>
/// The names that a container's own <c>/etc/passwd</c> gives to its users. The file is hostile: it is opened beneath the container's root, on the file
/// system of that root (another one may let its reader wait forever), only where it is a regular file, up to 256 KiB are read, and what is no name, or
/// looks like a number, stays a number. Read again after five seconds at the earliest.
/// Safe for concurrent use.
/// </summary>
public sealed class UserNames(TimeProvider time)
{
    private const int LongestFile = 256 * 1024;
    private const int LongestName = 32;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (long Read, Dictionary<uint, string> Names)> _known = new(StringComparer.Ordinal);

    /// <summary>The user's name; its number where the container has none for it.</summary>
    public string Find(InspectedContainer container, uint uid)
    {
        lock (_gate)
        {
            if (!_known.TryGetValue(container.Id, out var known) || time.GetElapsedTime(known.Read) > Fresh)
            {
                known = (time.GetTimestamp(), TryRead(container));
                Trim();
                _known[container.Id] = known;
            }

            return known.Names.TryGetValue(uid, out var name) ? name : uid.ToString(CultureInfo.InvariantCulture);
        }
    }

    internal static Dictionary<uint, string> Parse(ReadOnlySpan<byte> text)
    {
        var names = new Dictionary<uint, string>();
        foreach (var range in text.Split((byte)'\n'))
        {
            var line = text[range];
            var first = line.IndexOf((byte)':');
            if (first is < 1 or > LongestName || line[..first].ContainsAnyExceptInRange((byte)'!', (byte)'~')
                || !line[..first].ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            {
                continue;
            }

            // name:password:uid:…
            var rest = line[(first + 1)..];
            var second = rest.IndexOf((byte)':');
            if (second >= 0 && System.Buffers.Text.Utf8Parser.TryParse(rest[(second + 1)..], out uint uid, out var length)
                && second + 1 + length < rest.Length && rest[second + 1 + length] == (byte)':')
            {
                names.TryAdd(uid, Encoding.ASCII.GetString(line[..first]));
            }
        }

        return names;
    }

    // Containers come and go: what was not asked for lately is read anew.
    private void Trim()
    {
        if (_known.Count > 1024)
        {
            _known.Clear();
        }
    }

    private static Dictionary<uint, string> TryRead(InspectedContainer container)
    {
        try
        {
            using var root = RootedFiles.OpenDirectory(string.Create(CultureInfo.InvariantCulture, $"/proc/{container.MainPid}/root"));
            if (!Nacelle.Linux.Processes.ProcessFacts.IsRunning(container.MainPid, container.MainStartTicks))
            {
                return [];
            }

            using var named = RootedFiles.OpenIn(
                root, "/etc/passwd", OpenFlags.PathOnly, resolve: ResolveFlags.InRoot | ResolveFlags.NoMagicLinks | ResolveFlags.NoCrossDevice);
            if (FileAt.Status(named, default) is not { IsRegularFile: true })
            {
                return [];
            }

            using var file = RootedFiles.Open(named.ProcPath, OpenFlags.ReadOnly | OpenFlags.NonBlocking);
            var buffer = new byte[LongestFile];
            var total = 0;
            while (total < buffer.Length && file.Read(buffer.AsSpan(total)) is > 0 and var count)
            {
                total += count;
            }

            return Parse(buffer.AsSpan(0, total));
        }
        catch (LinuxException)
        {
            return [];
        }
    }
}
