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
    private byte[] Program { get; }

    /// <summary>Why there is none although the processes are filtered; empty where all is known.</summary>
    private string Fault { get; }

    /// <param name="seccomp">What the runtime said.</param>
    /// <param name="processes">The container's processes.</param>
    /// <param name="programs">What was made of profiles before: containers of a Pod mostly have the same.</param>
    public static ContainerFilter Of(string? seccomp, IEnumerable<ExposedProcess> processes, Dictionary<string, byte[]> programs)
    {
        if (!processes.Any(process => process.Filters > 0))
        {
            return new([], "");
        }

        if (seccomp is null)
        {
            return new([], "the runtime tells no profile");
        }

        try
        {
            if (!programs.TryGetValue(seccomp, out var program))
            {
                program = SeccompProfile.Compile(seccomp);
                programs.Add(seccomp, program);
            }

            return new(program, "");
        }
        catch (Exception e) when (e is IOException or FormatException)
        {
            return new([], e.Message);
        }
    }

    /// <summary>What the probe loads when it tries as this process: nothing for one that came in from outside without it.</summary>
    public byte[] ProgramOf(ExposedProcess process) => process.Filters > 0 ? Program : [];

    /// <summary>What the probe must do without when it tries as this process; empty where it tries with all its filters.</summary>
    public string Missing(ExposedProcess process) =>
        process.Filters > 0 && Program.Length == 0 ? $"tried without the seccomp filters: {Fault}"
        : process.Filters > 1 ? "tried without the seccomp filters that a process has set itself"
        : "";
}
