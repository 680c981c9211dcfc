namespace Nacelle.Kubernetes.Client;

/// <summary>The types of a watch event; errors are thrown as <see cref="ApiException"/>.</summary>
public enum WatchEventType
{
    Added,
    Modified,
    Deleted,
    Bookmark,
}
