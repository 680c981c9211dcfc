using System.Globalization;
using System.Text;
using k8s.Models;

namespace Nacelle.Kubelet.PodWorkers;

/// <summary>
/// Tells whether a container still is what its spec asks for. Only the name and the image count: nothing else of a container can
/// change while its Pod lives, and a newer nacelle must not restart what an older one started.
/// </summary>
internal static class ContainerHash
{
    /// <summary>FNV-1a, 32 bits, in hexadecimal.</summary>
    public static string Of(V1Container container)
    {
        var hash = 2166136261u;
        foreach (var octet in Encoding.UTF8.GetBytes($"{container.Name}\0{container.Image}"))
        {
            hash = (hash ^ octet) * 16777619u;
        }

        return hash.ToString("x", CultureInfo.InvariantCulture);
    }
}
