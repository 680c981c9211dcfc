namespace Nacelle.Inspect.Processes;

/// <summary>What a process will do with a signal, as far as the kernel knows (signal(7), pid_namespaces(7)).</summary>
public enum SignalOutlook
{
    /// <summary>It has a handler, or the signal's default action takes place.</summary>
    Takes,

    /// <summary>It ignores the signal.</summary>
    Ignores,

    /// <summary>It is the first process of a PID namespace and has no handler: the kernel drops the signal.</summary>
    Dropped,
}
