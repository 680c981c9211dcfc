namespace Nacelle.Inspect.Exposure;

/// <summary>The seccomp filter that a container's processes have from its start.</summary>
internal sealed class ContainerFilter
{
    private ContainerFilter(byte[] program, string fault)
    {
        Program = program;
        Fault = fault;
    }

    /// <summary>An array of <c>struct sock_filter</c>; empty for none.</summary>
    public byte[] Program { get; }

    /// <summary>Why there is none although the processes are filtered; empty where all is known.</summary>
    public string Fault { get; }

    /// <param name="seccomp">What the runtime said.</param>
    /// <param name="processes">The container's processes.</param>
    public static ContainerFilter Of(string? seccomp, IEnumerable<ExposedProcess> processes)
    {
        if (!processes.Any(process => process.Filters > 0))
        {
            return new([], "");
        }

        if (seccomp is null)
        {
            return new([], "the runtime does not tell it");
        }

        try
        {
            return new(SeccompProfile.Compile(seccomp), "");
        }
        catch (Exception e) when (e is IOException or FormatException)
        {
            return new([], e.Message);
        }
    }

    /// <summary>What the probe must do without when it tries as this process; empty where it tries with all its filters.</summary>
    public string Missing(ExposedProcess process) =>
        process.Filters > 0 && Program.Length == 0 ? $"tried without the seccomp filter, {Fault}"
        : process.Filters > 1 ? "tried without the seccomp filters that a process has set itself"
        : "";
}
