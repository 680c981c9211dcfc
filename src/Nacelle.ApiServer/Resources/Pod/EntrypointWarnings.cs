using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Entrypoints;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Resources.Pod;

/// <summary>
/// Commands that insist on being PID 1, in a Pod where they will not be. Images are not known here: a container without a command is left to the kubelet,
/// which tells by an event.
/// </summary>
internal static class EntrypointWarnings
{
    public static void Check(List<string> warnings, JsonObject spec, JsonObject container, FieldPath path)
    {
        PidNamespace pid = spec.Flag("hostPID") ? PidNamespace.Node
            : spec.Flag("shareProcessNamespace") ? PidNamespace.Pod
            : PidNamespace.Container;
        string[] command = [.. container.Texts("command")];
        if (pid == PidNamespace.Container || command.Length == 0)
        {
            return;
        }

        Entrypoint entrypoint = Entrypoint.Of(
            null, command, [.. container.Texts("args")], container.Items("env").Select(e => KeyValuePair.Create(e.Text("name"), e.Text("value"))));
        EntrypointVerdict verdict = EntrypointClassifier.Classify(entrypoint with { EnvironmentComplete = container.List("envFrom") is null or { Count: 0 } });
        if (verdict.Describe(pid) is { } text)
        {
            string doubt = verdict.Class == EntrypointClass.Degrades ? " An image may have set it already." : "";
            warnings.Add($"{path["command"]}: {text}{doubt}");
        }
    }
}
