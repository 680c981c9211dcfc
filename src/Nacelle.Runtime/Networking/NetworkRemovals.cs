using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Nacelle.Linux;
using Nacelle.Linux.Netlink;

namespace Nacelle.Runtime.Networking;

/// <summary>
/// Deletes the devices of sandboxes that gave their network back, one after the other, behind the callers' backs: the kernel takes 13 to 31 ms
/// for each. Only then the address is freed. What could not be deleted stays marked on disk and is tried again after the next start.
/// Its one task is ended by <see cref="DisposeAsync"/>, which finishes what was enqueued.
/// </summary>
internal sealed class NetworkRemovals : IAsyncDisposable
{
    private const int Attempts = 3;
    private readonly Channel<PodLease> _queue = Channel.CreateBounded<PodLease>(1024);
    private readonly Func<PodLease, ValueTask> _free;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Task _worker;
    private readonly Lock _gate = new();
    private TaskCompletionSource? _idle;
    private int _pending;

    /// <param name="free">Called for each lease whose device is gone.</param>
    public NetworkRemovals(Func<PodLease, ValueTask> free, TimeProvider time, ILogger logger)
    {
        _free = free;
        _time = time;
        _logger = logger;
        _worker = Task.Run(WorkAsync);
    }

    public ValueTask EnqueueAsync(PodLease lease, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _pending++;
        }

        return _queue.Writer.WriteAsync(lease, cancellationToken);
    }

    /// <summary>Completes when nothing is left to delete.</summary>
    public Task DrainAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_pending == 0)
            {
                return Task.CompletedTask;
            }

            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _idle.Task.WaitAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _worker.ConfigureAwait(false);
    }

    private async Task WorkAsync()
    {
        await foreach (var lease in _queue.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            await RemoveAsync(lease).ConfigureAwait(false);
            lock (_gate)
            {
                if (--_pending == 0)
                {
                    _idle?.SetResult();
                    _idle = null;
                }
            }
        }
    }

    private async Task RemoveAsync(PodLease lease)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            try
            {
                DeleteLink(LinkNames.HostLink(lease.SandboxId));
                await _free(lease).ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _logger.RemovalFailed(lease.SandboxId, attempt, e.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(100 * attempt), _time).ConfigureAwait(false);
            }
        }

        _logger.RemovalGivenUp(lease.SandboxId, lease.Address);
    }

    /// <summary>Deletes a device; it may be gone already, or go while we look: removing its namespace takes it along.</summary>
    public static void DeleteLink(string name)
    {
        using var route = new RouteNetlink();
        if (route.FindLink(name) is not { } link)
        {
            return;
        }

        try
        {
            route.DeleteLink(link.Index);
        }
        catch (NetlinkException e) when (e.Errno == Errno.ENODEV)
        {
        }
    }
}
