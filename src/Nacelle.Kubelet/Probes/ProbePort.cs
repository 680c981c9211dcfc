using System.Globalization;
using k8s.Models;

namespace Nacelle.Kubelet.Probes;

/// <summary>Finds the number of a port that a probe gives as a number or as the name of one of the container's ports.</summary>
internal static class ProbePort
{
    /// <summary>Null when there is no such port.</summary>
    public static int? Resolve(V1Container container, IntOrString port)
    {
        var text = port.Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number is > 0 and < 65536 ? number : null;
        }

        return container.Ports?.FirstOrDefault(p => p.Name == text)?.ContainerPort;
    }
}
