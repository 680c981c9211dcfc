using System.Diagnostics;
using System.Globalization;
using Nacelle.Inspect.Processes;

namespace Nacelle.IntegrationTests.Inspect;

/// <summary>One program of a <see cref="ProcessLab"/> with its children.</summary>
internal sealed class LabContainer(ProcessLab lab, string name, string group, Process process)
{
    public int Pid => process.Id;

    public StreamReader Output => process.StandardOutput;

    /// <summary>As a container whose first process the program is.</summary>
    public InspectedContainer Container => field ??= lab.Describe(name, group, process.Id);

    /// <summary>As a container whose first process is the only child of the program: <c>unshare --fork</c> and its like stay outside.</summary>
    public async Task<InspectedContainer> ChildContainerAsync()
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Id}/task/{process.Id}/children");
        await ProcessLab.UntilAsync(() => File.ReadAllText(path).Length > 0, $"process {process.Id} has a child");
        return lab.Describe(name, group, int.Parse(File.ReadAllText(path).Trim().Split(' ')[0], CultureInfo.InvariantCulture));
    }

    /// <summary>Tells an obedient program what to do, and waits until it is done.</summary>
    public async Task TellAsync(string command)
    {
        await WriteAsync(command);
        string? line;
        do
        {
            line = await Output.ReadLineAsync(ProcessLab.Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(20), ProcessLab.Cancellation);
        }
        while (line is not (null or "done"));
    }

    /// <summary>Writes a line to the program's standard input.</summary>
    public async Task WriteAsync(string line)
    {
        await process.StandardInput.WriteLineAsync(line.AsMemory(), ProcessLab.Cancellation);
        await process.StandardInput.FlushAsync(ProcessLab.Cancellation);
    }

    public Task EndAsync()
    {
        process.Kill();
        return process.WaitForExitAsync(ProcessLab.Cancellation);
    }
}
