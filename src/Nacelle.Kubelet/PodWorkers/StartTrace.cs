using System.Globalization;
using System.Text;

namespace Nacelle.Kubelet.PodWorkers;

/// <summary>Where the time of a Pod's start goes: parts in milliseconds, told once. Safe for parts that run side by side.</summary>
internal sealed class StartTrace(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly long _started = time.GetTimestamp();
    private readonly List<(string Part, double Milliseconds)> _parts = [];
    private bool _told;

    /// <summary>Runs a part and notes how long it took, whether it succeeded or not.</summary>
    public async Task<T> MeasureAsync<T>(string part, Func<Task<T>> work)
    {
        var started = time.GetTimestamp();
        try
        {
            return await work().ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
            {
                if (!_told)
                {
                    _parts.Add((part, time.GetElapsedTime(started).TotalMilliseconds));
                }
            }
        }
    }

    /// <summary>The line, the first time it is asked for; null afterwards.</summary>
    public string? Finish()
    {
        lock (_gate)
        {
            if (_told)
            {
                return null;
            }

            _told = true;
            var text = new StringBuilder();
            foreach (var (part, milliseconds) in _parts)
            {
                text.Append(CultureInfo.InvariantCulture, $"{part}={milliseconds:0.0} ");
            }

            return text.Append(CultureInfo.InvariantCulture, $"total={time.GetElapsedTime(_started).TotalMilliseconds:0.0}").ToString();
        }
    }
}
