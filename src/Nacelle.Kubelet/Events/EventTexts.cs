using System.Globalization;

namespace Nacelle.Kubelet.Events;

/// <summary>Reasons and sentences of the kubelet's events, word for word as Kubernetes 1.36 prints them: people and programs match on them.</summary>
internal static class EventTexts
{
    public const string ContainerCreated = "Container created";
    public const string ContainerStarted = "Container started";
    public const string SandboxChanged = "Pod sandbox changed, it will be killed and re-created.";

    /// <summary>Ours: where no container may be restarted, a kubelet ends the Pod without a word.</summary>
    public const string SandboxEnded = "Pod sandbox changed, the pod ends with it: nothing in it may be restarted.";

    public static string Pulling(string image) => $"Pulling image \"{image}\"";

    public static string Pulled(string image, TimeSpan pull, TimeSpan withWaiting, ulong bytes) => string.Create(
        CultureInfo.InvariantCulture,
        $"Successfully pulled image \"{image}\" in {Duration(pull)} ({Duration(withWaiting)} including waiting). Image size: {bytes} bytes.");

    public static string AlreadyPresent(string image) => $"Container image \"{image}\" already present on machine";

    public static string PullFailed(string image, string error) => $"Failed to pull image \"{image}\": {error}";

    public static string BackOffPull(string image) => $"Back-off pulling image \"{image}\"";

    public static string NeverPull(string image) => $"Container image \"{image}\" is not present with pull policy of Never";

    public static string InvalidImage(string image) =>
        $"Failed to apply default image tag \"{image}\": couldn't parse image name \"{image}\": invalid reference format";

    public static string InspectFailed(string image, string error) => $"Failed to inspect image \"{image}\": {error}";

    public static string Error(string what) => $"Error: {what}";

    public static string Stopping(string container) => $"Stopping container {container}";

    public static string BackOffRestart(string container, string podFullName) =>
        $"Back-off restarting failed container {container} in pod {podFullName}";

    /// <summary>The message of the waiting state, not of an event.</summary>
    public static string CrashLoop(TimeSpan delay, string container, string podFullName) =>
        $"back-off {Duration(delay)} restarting failed container={container} pod={podFullName}";

    public static string SandboxFailed(string error) => $"Failed to create pod sandbox: {error}";

    public static string RunAsRootImage(string podFullName, string container) =>
        $"container has runAsNonRoot and image will run as root (pod: \"{podFullName}\", container: {container})";

    public static string RunAsRootUser(string podFullName, string container) =>
        $"container's runAsUser breaks non-root policy (pod: \"{podFullName}\", container: {container})";

    public static string RunAsUnknownUser(string user, string podFullName, string container) =>
        $"container has runAsNonRoot and image has non-numeric user ({user}), cannot verify user is non-root (pod: \"{podFullName}\", container: {container})";

    public static string Leftovers(string count, string container) =>
        $"Killed {count} process(es) left over by container {container} in the shared process namespace";

    public static string TargetIgnored(string runtime, string container, string target) =>
        $"The container runtime ({runtime}) has not put {container} into the process namespace of {target}: the processes seen in {container} are not those of {target}";

    /// <summary>A duration as Go prints it after cutting to milliseconds: <c>312ms</c>, <c>1.5s</c>, <c>2m40s</c>, <c>5m0s</c>.</summary>
    public static string Duration(TimeSpan duration)
    {
        var milliseconds = (long)duration.TotalMilliseconds;
        if (milliseconds < 1000)
        {
            return milliseconds == 0 ? "0s" : string.Create(CultureInfo.InvariantCulture, $"{milliseconds}ms");
        }

        var (minutes, rest) = Math.DivRem(milliseconds, 60_000);
        var seconds = (rest / 1000m).ToString("0.###", CultureInfo.InvariantCulture) + "s";
        var (hours, minute) = Math.DivRem(minutes, 60);
        return hours > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{hours}h{minute}m{seconds}")
            : minutes > 0 ? string.Create(CultureInfo.InvariantCulture, $"{minutes}m{seconds}") : seconds;
    }
}
