namespace Nacelle.Kubernetes.Exposure;

/// <summary>When a container of a Pod runs.</summary>
/// <param name="Order">Its place among the init containers.</param>
/// <param name="Ends">An init container that must end before the next one starts.</param>
public readonly record struct ContainerTime(int Order, bool Ends)
{
    /// <summary>An app or ephemeral container.</summary>
    public static ContainerTime Main { get; } = new(int.MaxValue, false);

    /// <summary>Whether the two ever run at the same time: an init container meets the sidecars that were started before it.</summary>
    public bool Meets(ContainerTime other) => (Ends, other.Ends) switch
    {
        (true, true) => false,
        (true, false) => other.Order < Order,
        (false, true) => Order < other.Order,
        _ => true,
    };
}
