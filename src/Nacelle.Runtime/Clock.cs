namespace Nacelle.Runtime;

/// <summary>CRI's times: nanoseconds since 1970, UTC.</summary>
internal static class Clock
{
    public static long Nanoseconds(this TimeProvider time) => ToNanoseconds(time.GetUtcNow().UtcDateTime);

    public static long ToNanoseconds(DateTime utc) => (utc - DateTime.UnixEpoch).Ticks * 100;
}
