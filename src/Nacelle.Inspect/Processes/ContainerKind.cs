namespace Nacelle.Inspect.Processes;

/// <summary>Which of a Pod's containers it is.</summary>
public enum ContainerKind
{
    /// <summary>The sandbox itself: <c>/pause</c>.</summary>
    Sandbox,

    /// <summary>An init container, a sidecar among them too.</summary>
    Init,

    /// <summary>One of <c>spec.containers</c>.</summary>
    Regular,

    /// <summary>An ephemeral container, as <c>kubectl debug</c> makes them.</summary>
    Ephemeral,
}
