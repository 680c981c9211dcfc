using System.Globalization;
using k8s.Models;

namespace Nacelle.Kubelet.Environments;

/// <summary>
/// The variables that name a Service (Kubernetes documentation, "Accessing the Service: environment variables"): <c>NAME_SERVICE_HOST</c>,
/// <c>NAME_SERVICE_PORT</c> and the older link variables.
/// </summary>
internal static class ServiceVariables
{
    public static IEnumerable<KeyValuePair<string, string>> Of(V1Service service)
    {
        var address = service.Spec?.ClusterIP;
        if (string.IsNullOrEmpty(address) || address == "None" || service.Spec!.Ports is not { Count: > 0 } ports)
        {
            yield break;
        }

        var name = VariableName(service.Metadata.Name);
        yield return new($"{name}_SERVICE_HOST", address);
        yield return new($"{name}_SERVICE_PORT", Text(ports[0].Port));
        foreach (var port in ports.Where(p => !string.IsNullOrEmpty(p.Name)))
        {
            yield return new($"{name}_SERVICE_PORT_{VariableName(port.Name)}", Text(port.Port));
        }

        foreach (var (port, index) in ports.Select((p, i) => (p, i)))
        {
            var protocol = string.IsNullOrEmpty(port.Protocol) ? "TCP" : port.Protocol;
            var host = address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;
            var url = $"{protocol.ToLowerInvariant()}://{host}:{Text(port.Port)}";
            if (index == 0)
            {
                yield return new($"{name}_PORT", url);
            }

            var prefix = $"{name}_PORT_{Text(port.Port)}_{protocol.ToUpperInvariant()}";
            yield return new(prefix, url);
            yield return new($"{prefix}_PROTO", protocol.ToLowerInvariant());
            yield return new($"{prefix}_PORT", Text(port.Port));
            yield return new($"{prefix}_ADDR", address);
        }
    }

    private static string VariableName(string name) => name.ToUpperInvariant().Replace('-', '_');

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
