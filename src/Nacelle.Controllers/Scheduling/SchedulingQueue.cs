using System.Threading.Channels;

namespace Nacelle.Controllers.Scheduling;

/// <summary>UIDs of Pods to look at, in the order they came; one that is queued already is not queued again, so Pods bound its length.</summary>
public sealed class SchedulingQueue
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _queued = [];
    private readonly Channel<string> _channel = Channel.CreateUnbounded<string>();

    public void Add(IEnumerable<string> uids)
    {
        lock (_lock)
        {
            foreach (var uid in uids)
            {
                if (_queued.Add(uid))
                {
                    _channel.Writer.TryWrite(uid);
                }
            }
        }
    }

    public async ValueTask<string> TakeAsync(CancellationToken cancellationToken)
    {
        var uid = await _channel.Reader.ReadAsync(cancellationToken);
        lock (_lock)
        {
            _queued.Remove(uid);
        }

        return uid;
    }
}
