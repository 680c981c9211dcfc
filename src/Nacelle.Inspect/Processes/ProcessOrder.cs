namespace Nacelle.Inspect.Processes;

/// <summary>The order of a list: by namespace, Pod, container and PID.</summary>
public static class ProcessOrder
{
    public static int Compare(IndexedProcess a, IndexedProcess b)
    {
        var (left, right) = (a.Value.Container, b.Value.Container);
        var order = string.CompareOrdinal(left.Pod.Namespace, right.Pod.Namespace);
        order = order != 0 ? order : string.CompareOrdinal(left.Pod.Name, right.Pod.Name);
        order = order != 0 ? order : string.CompareOrdinal(left.Name, right.Name);
        return order != 0 ? order : a.Value.Pid.CompareTo(b.Value.Pid);
    }
}
