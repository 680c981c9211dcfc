using System.Globalization;
using System.Text.Json.Nodes;
using Nacelle.Kubernetes;

namespace Nacelle.ApiServer.Resources.Pod;

/// <summary>A Pod in four words, as its users know it from kubectl: the state of what matters most in it.</summary>
/// <param name="Ready">Containers that are ready.</param>
/// <param name="Total">Containers that could be, sidecars included.</param>
/// <param name="Status">Phase, or the reason that says more.</param>
/// <param name="Restarts">Restarts of what runs now.</param>
/// <param name="LastRestart">When the last of them was (RFC 3339); empty for never.</param>
internal sealed record PodSummary(int Ready, int Total, string Status, long Restarts, string LastRestart)
{
    public static PodSummary Of(JsonObject pod)
    {
        JsonObject? status = pod.Child("status");
        JsonObject[] init = [.. pod.Child("spec").Items("initContainers")];
        HashSet<string> sidecars = [.. init.Where(c => c.Text("restartPolicy") == "Always").Select(c => c.Text("name"))];
        var summary = new PodSummary(
            0, pod.Child("spec").List("containers")?.Count + sidecars.Count ?? sidecars.Count, Reason(status), 0, "");
        (summary, PodSummary running, bool initializing) = WithInit(summary, status, init.Length, sidecars);
        if (!initializing || HasCondition(status, "Initialized"))
        {
            summary = WithContainers(running with { Status = summary.Status }, status);
        }

        return summary with { Status = WithDeletion(pod, status, summary.Status) };
    }

    private static string Reason(JsonObject? status)
    {
        bool gated = status.Items("conditions").Any(c => c.Text("type") == "PodScheduled" && c.Text("reason") == "SchedulingGated");
        return gated ? "SchedulingGated" : status.Text("reason") is { Length: > 0 } reason ? reason : status.Text("phase");
    }

    /// <summary>Both ways to count: with all init containers, while they run, and with the sidecars only, afterwards.</summary>
    private static (PodSummary All, PodSummary SidecarsOnly, bool Initializing) WithInit(
        PodSummary start, JsonObject? status, int initCount, HashSet<string> sidecars)
    {
        PodSummary all = start;
        PodSummary sidecarsOnly = start;
        int index = 0;
        foreach (JsonObject container in status.Items("initContainerStatuses"))
        {
            bool sidecar = sidecars.Contains(container.Text("name"));
            all = all.Counting(container);
            sidecarsOnly = sidecar ? sidecarsOnly.Counting(container) : sidecarsOnly;
            bool started = sidecar && container.Flag("started");
            bool done = container.Child("state").Child("terminated") is { } ended && ended.Number("exitCode") == 0;
            if (!done && !started)
            {
                return (all with { Status = InitReason(container, index, initCount) }, sidecarsOnly, true);
            }

            if (!done && container.Flag("ready"))
            {
                all = all with { Ready = all.Ready + 1 };
                sidecarsOnly = sidecarsOnly with { Ready = sidecarsOnly.Ready + 1 };
            }

            index++;
        }

        return (all, sidecarsOnly, false);
    }

    private static string InitReason(JsonObject container, int index, int count)
    {
        JsonObject? state = container.Child("state");
        if (state.Child("terminated") is { } ended)
        {
            return "Init:" + EndReason(ended);
        }

        string waiting = state.Child("waiting").Text("reason");
        return waiting.Length > 0 && waiting != "PodInitializing"
            ? "Init:" + waiting
            : string.Create(CultureInfo.InvariantCulture, $"Init:{index}/{count}");
    }

    private static PodSummary WithContainers(PodSummary summary, JsonObject? status)
    {
        bool running = false;
        foreach (JsonObject container in status.Items("containerStatuses").Reverse())
        {
            summary = summary.Counting(container);
            JsonObject? state = container.Child("state");
            if (state.Child("waiting").Text("reason") is { Length: > 0 } waiting)
            {
                summary = summary with { Status = waiting };
            }
            else if (state.Child("terminated") is { } ended)
            {
                summary = summary with { Status = EndReason(ended) };
            }
            else if (container.Flag("ready") && state.Child("running") is not null)
            {
                running = true;
                summary = summary with { Ready = summary.Ready + 1 };
            }
        }

        return summary.Status == "Completed" && running
            ? summary with { Status = HasCondition(status, "Ready") ? "Running" : "NotReady" }
            : summary;
    }

    private static string EndReason(JsonObject ended)
    {
        if (ended.Text("reason") is { Length: > 0 } reason)
        {
            return reason;
        }

        return ended.Number("signal") is not 0 and var signal
            ? string.Create(CultureInfo.InvariantCulture, $"Signal:{signal}")
            : string.Create(CultureInfo.InvariantCulture, $"ExitCode:{ended.Number("exitCode")}");
    }

    private static string WithDeletion(JsonObject pod, JsonObject? status, string reason)
    {
        if (!pod.Child("metadata").Has("deletionTimestamp"))
        {
            return reason;
        }

        return status.Text("reason") == "NodeLost" ? "Unknown" : status.Text("phase") is "Succeeded" or "Failed" ? reason : "Terminating";
    }

    private static bool HasCondition(JsonObject? status, string type) =>
        status.Items("conditions").Any(c => c.Text("type") == type && c.Text("status") == "True");

    private PodSummary Counting(JsonObject container)
    {
        string finished = container.Child("lastState").Child("terminated").Text("finishedAt");
        return this with
        {
            Restarts = Restarts + container.Number("restartCount"),
            // RFC 3339 in UTC orders as text does.
            LastRestart = string.CompareOrdinal(finished, LastRestart) > 0 ? finished : LastRestart,
        };
    }
}
