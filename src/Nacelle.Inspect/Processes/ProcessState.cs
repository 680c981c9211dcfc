namespace Nacelle.Inspect.Processes;

/// <summary>What a process is doing: the letters of <c>/proc/PID/stat</c> in words (proc(5)).</summary>
public enum ProcessState
{
    /// <summary>R: runs, or waits for a processor.</summary>
    Running,

    /// <summary>S: waits for something, and a signal wakes it.</summary>
    Sleeping,

    /// <summary>D: waits for a device, and no signal wakes it.</summary>
    DiskSleep,

    /// <summary>Z: has ended, and its parent has not yet asked how.</summary>
    Zombie,

    /// <summary>T: stopped by a signal.</summary>
    Stopped,

    /// <summary>t: stopped by a debugger.</summary>
    Traced,

    /// <summary>I: an idle kernel thread.</summary>
    Idle,

    /// <summary>X and any letter that this list does not know.</summary>
    Dead,
}
