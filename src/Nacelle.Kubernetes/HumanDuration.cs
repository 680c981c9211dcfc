using System.Globalization;

namespace Nacelle.Kubernetes;

/// <summary>Ages in two or three significant digits, as kubectl's users know them: <c>90s</c>, <c>5m10s</c>, <c>3h</c>, <c>2d4h</c>.</summary>
public static class HumanDuration
{
    /// <summary>The age of an RFC 3339 time; <c>&lt;unknown&gt;</c> where there is none.</summary>
    public static string Since(string time, DateTimeOffset now) =>
        DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset then)
            ? Format(now - then)
            : "<unknown>";

    public static string Format(TimeSpan span)
    {
        long seconds = (long)span.TotalSeconds;
        if (seconds < -1)
        {
            return "<invalid>";
        }

        if (seconds < 0)
        {
            return "0s";
        }

        long minutes = seconds / 60;
        long hours = seconds / 3600;
        long days = hours / 24;
        return seconds switch
        {
            < 120 => Text(seconds, 's'),
            < 600 => Text(minutes, 'm', seconds % 60, 's'),
            < 3 * 3600 => Text(minutes, 'm'),
            < 8 * 3600 => Text(hours, 'h', minutes % 60, 'm'),
            < 48 * 3600 => Text(hours, 'h'),
            < 8 * 24 * 3600 => Text(days, 'd', hours % 24, 'h'),
            < 2 * 365 * 24 * 3600L => Text(days, 'd'),
            < 8 * 365 * 24 * 3600L => Text(days / 365, 'y', days % 365, 'd'),
            _ => Text(days / 365, 'y'),
        };
    }

    private static string Text(long major, char majorUnit, long minor = 0, char minorUnit = ' ') => minor == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{major}{majorUnit}")
        : string.Create(CultureInfo.InvariantCulture, $"{major}{majorUnit}{minor}{minorUnit}");
}
