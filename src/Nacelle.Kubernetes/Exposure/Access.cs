namespace Nacelle.Kubernetes.Exposure;

/// <summary>What one process can do to another that it shares a PID namespace with. The order is that of every listing.</summary>
public enum Access
{
    /// <summary>See that it is there: <c>/proc/PID</c>.</summary>
    List,

    /// <summary>Send it a signal: kill(2).</summary>
    Signal,

    /// <summary>Read its arguments: <c>/proc/PID/cmdline</c>.</summary>
    Argv,

    /// <summary>Read its initial environment: <c>/proc/PID/environ</c>.</summary>
    Environ,

    /// <summary>Walk its file system: <c>/proc/PID/root</c>.</summary>
    Root,

    /// <summary>Read and write its memory: <c>/proc/PID/mem</c>, process_vm_readv(2), ptrace(2).</summary>
    Memory,

    /// <summary>See and open again what it has open: <c>/proc/PID/fd</c>.</summary>
    Descriptors,
}
