using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Nacelle.Kubelet.NodeApi;

/// <summary>What of a log is asked for, as the query of <c>pods/NAME/log</c> says it.</summary>
public sealed record LogOptions
{
    public bool Follow { get; init; }

    /// <summary>The container before the present one.</summary>
    public bool Previous { get; init; }

    /// <summary>Each line with its time before it.</summary>
    public bool Timestamps { get; init; }

    /// <summary>Only this many lines from the end; null for all.</summary>
    public long? TailLines { get; init; }

    /// <summary>Only lines written at this time or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>At most this many bytes; null for no limit.</summary>
    public long? LimitBytes { get; init; }

    /// <summary>Null for both streams, else only stderr or only stdout.</summary>
    public bool? Stderr { get; init; }

    /// <summary>Reads the query; the sentence says what is wrong with it.</summary>
    public static bool TryRead(IQueryCollection query, DateTimeOffset now, out LogOptions options, out string error)
    {
        (options, error) = (new LogOptions(), "");
        if (!Flag(query, "follow", out var follow, ref error) || !Flag(query, "previous", out var previous, ref error)
            || !Flag(query, "timestamps", out var timestamps, ref error) || !Number(query, "tailLines", 0, out var tail, ref error)
            || !Number(query, "limitBytes", 1, out var limit, ref error) || !Number(query, "sinceSeconds", 1, out var seconds, ref error))
        {
            return false;
        }

        DateTimeOffset? since = seconds is { } s ? now - TimeSpan.FromSeconds(s) : null;
        if (query["sinceTime"].ToString() is { Length: > 0 } text)
        {
            if (seconds is not null)
            {
                error = "at most one of `sinceTime` or `sinceSeconds` may be specified";
                return false;
            }

            if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            {
                error = $"sinceTime: Invalid value: \"{text}\": must be a time in RFC 3339";
                return false;
            }

            since = time;
        }

        options = new LogOptions
        {
            Follow = follow,
            Previous = previous,
            Timestamps = timestamps,
            TailLines = tail,
            LimitBytes = limit,
            Since = since,
            Stderr = query["stream"].ToString() switch
            {
                "Stdout" => false,
                "Stderr" => true,
                _ => null,
            },
        };
        return true;
    }

    private static bool Flag(IQueryCollection query, string name, out bool value, ref string error)
    {
        var text = query[name].ToString();
        value = text is "true" or "1" or "True" or "TRUE" or "t" or "T";
        if (value || text is "" or "false" or "0" or "False" or "FALSE" or "f" or "F")
        {
            return true;
        }

        error = $"{name}: Invalid value: \"{text}\": must be a boolean";
        return false;
    }

    private static bool Number(IQueryCollection query, string name, long least, out long? value, ref string error)
    {
        value = null;
        if (query[name].ToString() is not { Length: > 0 } text)
        {
            return true;
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least)
        {
            value = number;
            return true;
        }

        error = $"{name}: Invalid value: \"{text}\": must be greater than or equal to {least}";
        return false;
    }
}
