namespace Nacelle.EndToEndTests.Terminals;

/// <summary>A shell on a terminal: types a command line and returns the lines that it showed before the next prompt.</summary>
/// <param name="terminal">The terminal; not disposed here.</param>
/// <param name="prompt">The prompt as it stands on the screen, without trailing blanks: <c>/ #</c> for busybox.</param>
public sealed class ShellSession(Terminal terminal, string prompt)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    /// <summary>Waits for a prompt with nothing behind it.</summary>
    public Task WaitForPromptAsync(CancellationToken cancellationToken)
        => terminal.WaitAsync(AtPrompt, $"the prompt '{prompt}'", Deadline, cancellationToken);

    /// <summary>Presses Enter until a prompt shows, as kubectl's "try pressing enter" asks for.</summary>
    public async Task PressEnterForPromptAsync(CancellationToken cancellationToken)
    {
        terminal.Type("\r");
        await WaitForPromptAsync(cancellationToken);
    }

    /// <summary>
    /// Types a command line and waits for the prompt behind its output. A shell may show its prompt twice (busybox does when the window changes), so only
    /// what follows the line with the command on it counts.
    /// </summary>
    public async Task<IReadOnlyList<string>> RunAsync(string command, CancellationToken cancellationToken)
    {
        var start = terminal.Look(screen => screen.AbsoluteRow);
        terminal.Type(command + "\r");
        await terminal.WaitAsync(
            screen => AtPrompt(screen) && EchoedRow(screen, start, command) is not null, $"a prompt after '{command}'", Deadline, cancellationToken);
        return terminal.Look(screen =>
        {
            // A line longer than the screen is wide goes on in the next row.
            var rows = 1 + ((prompt.Length + 1 + command.Length) / screen.Columns);
            return screen.Lines(EchoedRow(screen, start, command)!.Value + rows, screen.AbsoluteRow);
        });
    }

    private int? EchoedRow(Screen screen, int start, string command)
    {
        var line = $"{prompt} {command}";
        line = line[..Math.Min(line.Length, screen.Columns)].TrimEnd();
        var row = Enumerable.Range(start, screen.AbsoluteRow - start).Reverse().FirstOrDefault(row => screen.Line(row) == line, -1);
        return row < 0 ? null : row;
    }

    private bool AtPrompt(Screen screen) => screen.CursorLine == prompt && screen.CursorColumn == prompt.Length + 1;
}
