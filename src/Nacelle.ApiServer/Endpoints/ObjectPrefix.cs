using System.Text;
using Nacelle.ApiServer.Resources;

namespace Nacelle.ApiServer.Endpoints;

/// <summary>What stands before the stored bytes of an object to make the whole of it.</summary>
internal static class ObjectPrefix
{
    private static readonly Dictionary<ResourceType, byte[]> ByType =
        ResourceRegistry.All.ToDictionary(t => t, t => Encoding.UTF8.GetBytes($"{{\"kind\":\"{t.Kind}\",\"apiVersion\":\"{t.ApiVersion}\","), ReferenceEqualityComparer.Instance as IEqualityComparer<ResourceType>);

    /// <summary>To be followed by the stored bytes without their first one.</summary>
    public static ReadOnlyMemory<byte> Of(ResourceType type) => ByType[type];
}
