using System.Globalization;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Nacelle.Kubelet.Cri;
using Runtime.V1;

namespace Nacelle.Kubelet.Containers;

/// <summary>
/// Keeps container logs from filling the disk: a log beyond 10 MiB is renamed and the runtime told to open a new one; four old ones
/// are kept (Kubernetes' containerLogMaxSize and containerLogMaxFiles).
/// </summary>
internal sealed partial class LogRotation : IAsyncDisposable
{
    private const long MaximumBytes = 10 * 1024 * 1024;
    private const int OldFiles = 4;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly string _root;
    private readonly CriClient _cri;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public LogRotation(string podLogsDirectory, CriClient cri, TimeProvider time, ILogger logger)
    {
        (_root, _cri, _time, _logger) = (podLogsDirectory, cri, time, logger);
        _loop = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    /// <summary>Old logs of one log that are too many, oldest first; their names end in the time of their rotation.</summary>
    internal static IReadOnlyList<string> Surplus(IEnumerable<string> oldFiles, int keep) =>
        [.. oldFiles.OrderByDescending(f => f, StringComparer.Ordinal).Skip(keep).Reverse()];

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await Task.Delay(Interval, _time, _stop.Token).ConfigureAwait(false);
            try
            {
                await SweepAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or RpcException && !_stop.IsCancellationRequested)
            {
                LogFailed(e.Message);
            }
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        foreach (var pod in Directory.EnumerateDirectories(_root))
        {
            foreach (var container in Directory.EnumerateDirectories(pod))
            {
                foreach (var log in Directory.EnumerateFiles(container, "*.log").Where(f => new FileInfo(f).Length > MaximumBytes).ToList())
                {
                    await RotateAsync(log, Path.GetFileName(pod), Path.GetFileName(container), cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    private async Task RotateAsync(string log, string podDirectory, string container, CancellationToken cancellationToken)
    {
        var filter = new ContainerFilter
        {
            State = new ContainerStateValue { State = ContainerState.ContainerRunning },
            LabelSelector = { [CriLabels.PodUid] = podDirectory[(podDirectory.LastIndexOf('_') + 1)..], [CriLabels.ContainerName] = container },
        };
        var found = await _cri.Runtime.ListContainersAsync(
            new ListContainersRequest { Filter = filter }, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (found.Containers.FirstOrDefault(c => log.EndsWith($"/{c.Metadata.Attempt}.log", StringComparison.Ordinal)) is not { } running)
        {
            return;
        }

        var old = $"{log}.{_time.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}";
        File.Move(log, old);
        try
        {
            await _cri.Runtime.ReopenContainerLogAsync(
                new ReopenContainerLogRequest { ContainerId = running.Id }, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException)
        {
            // The runtime goes on writing to the old file: give it its name back, and try again later.
            File.Move(old, log, overwrite: true);
            throw;
        }

        foreach (var surplus in Surplus(Directory.EnumerateFiles(Path.GetDirectoryName(log)!, Path.GetFileName(log) + ".*"), OldFiles))
        {
            File.Delete(surplus);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "container logs were not rotated, will retry: {Error}")]
    private partial void LogFailed(string error);
}
