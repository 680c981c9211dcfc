using System.Globalization;
using Runtime.V1;

namespace Nacelle.Runtime.Sandboxes;

/// <summary>Reads <c>/proc/PID/net/dev</c> (proc(5)).</summary>
internal static class NetworkCounters
{
    public static IEnumerable<NetworkInterfaceUsage> Parse(IEnumerable<string> lines)
    {
        // Two lines of headings, then "name: bytes packets errs drop fifo frame compressed multicast", and the same for what was sent.
        foreach (var line in lines.Skip(2))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var fields = line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (colon > 0 && fields.Length >= 11)
            {
                yield return new NetworkInterfaceUsage
                {
                    Name = line[..colon].Trim(),
                    RxBytes = Number(fields[0]),
                    RxErrors = Number(fields[2]),
                    TxBytes = Number(fields[8]),
                    TxErrors = Number(fields[10]),
                };
            }
        }
    }

    private static UInt64Value Number(string text) => new() { Value = ulong.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) };
}
