using Grpc.Core;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Nacelle.Inspect.Health;
using Nacelle.Kubelet.Events;
using Nacelle.Kubelet.InspectApi;
using Nacelle.Kubelet.PodWorkers;
using Nacelle.Linux;
using Nacelle.Linux.Cgroups;

namespace Nacelle.Kubelet.Health;

/// <summary>
/// Looks at the processes of every Pod each ten seconds and tells what is wrong with them: as events, and as a condition that the Pod's worker publishes
/// with the rest of its status. Owns the one task that does it. What it remembers is lost with it; the condition in the API is where the next one begins.
/// </summary>
internal sealed partial class ProcessHealthWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly PodWorkerPool _pods;
    private readonly InspectedContainers _containers;
    private readonly EventRecorder _events;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly HealthReader _reader;
    private readonly Dictionary<string, HealthState> _states = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _task;

    public ProcessHealthWatch(
        PodWorkerPool pods, InspectedContainers containers, CgroupTree tree, EventRecorder events, TimeProvider time, ILogger logger)
    {
        (_pods, _containers, _events, _time, _logger) = (pods, containers, events, time, logger);
        _reader = new HealthReader(tree);
        _task = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await Task.Delay(Interval, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await LookAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (e is RpcException or OperationCanceledException)
            {
                // The runtime does not answer, which others tell, or the kubelet stops: the next look is as good.
            }
#pragma warning disable CA1031 // This task must not die in silence.
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogFailed(e);
            }
        }
    }

    private async Task LookAsync()
    {
        var pods = _pods.Pods;
        var containers = (await _containers.ListAsync(pods, _stop.Token).ConfigureAwait(false)).ToLookup(c => c.Pod.Uid, StringComparer.Ordinal);
        foreach (var pod in pods)
        {
            var uid = pod.Metadata.Uid;
            var before = _states.GetValueOrDefault(uid) ?? StateOf(pod);
            if (!containers.Contains(uid) && before.Condition is null)
            {
                continue;
            }

            try
            {
                var sample = containers.Contains(uid) ? _reader.Read([.. containers[uid]]) : new HealthSample();
                _states[uid] = Judge(pod, before, sample);
            }
            catch (LinuxException e)
            {
                LogUnread(pod.Metadata.NamespaceProperty, pod.Metadata.Name, e.Message);
            }
        }

        foreach (var gone in _states.Keys.Except(pods.Select(p => p.Metadata.Uid)).ToList())
        {
            _states.Remove(gone);
        }
    }

    private HealthState Judge(V1Pod pod, HealthState before, HealthSample sample)
    {
        var (after, news) = HealthJudge.Judge(before, sample, _time.GetUtcNow());
        foreach (var problem in news)
        {
            _events.Record(pod, problem.Container.Length == 0 ? null : problem.Container, problem.IsFault, problem.Reason, problem.Message);
        }

        if (after.Condition is { } condition && condition != before.Condition)
        {
            _pods.Note(pod.Metadata.Uid, condition);
        }

        return after;
    }

    private static HealthState StateOf(V1Pod pod) =>
        pod.Status?.Conditions?.FirstOrDefault(c => c.Type == HealthCondition.Type) is { } condition
            ? HealthState.Empty with { Condition = new HealthCondition(condition.Status == "True", condition.Reason ?? "", condition.Message ?? "") }
            : HealthState.Empty;

    [LoggerMessage(Level = LogLevel.Error, Message = "a look at the health of processes failed")]
    private partial void LogFailed(Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the processes of pod {Namespace}/{Name} can't be read: {Error}")]
    private partial void LogUnread(string @namespace, string name, string error);
}
