using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Nacelle.EndToEndTests.Terminals;

/// <summary>
/// A program on a pseudo-terminal, with the screen that a person would see and a keyboard. Disposing closes the terminal, which hangs the program up,
/// and kills it when it has not ended after two seconds.
/// </summary>
public sealed class Terminal : IAsyncDisposable
{
    private static readonly TimeSpan HangUpTime = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly SafeFileHandle _master;
    private readonly Screen _screen;
    private readonly EscapeParser _parser;
    private readonly Task _reading;
    private readonly string _title;
    private TaskCompletionSource _changed = NewSignal();

    private Terminal(SafeFileHandle master, int pid, int columns, int rows, string title)
    {
        (_master, Pid, _title) = (master, pid, title);
        _screen = new Screen(columns, rows);
        _parser = new EscapeParser(_screen, Type);
        _reading = Task.Factory.StartNew(Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Exit = Task.Factory.StartNew(() => NativeTerminal.Wait(pid), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public int Pid { get; }

    /// <summary>The exit code, or 128 and the signal's number.</summary>
    public Task<int> Exit { get; }

    /// <summary>Everything shown so far.</summary>
    public string Transcript => Look(screen => screen.Transcript);

    /// <param name="path">Absolute path of the program.</param>
    /// <param name="arguments">Its arguments, without its name.</param>
    /// <param name="environment">Variables set beside the test's own; a null value removes one.</param>
    public static Terminal Start(
        string path,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string?>? environment = null,
        int columns = 120,
        int rows = 40)
    {
        var (master, slave) = NativeTerminal.Open();
        try
        {
            NativeTerminal.Resize(master, columns, rows);
            var variables = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
                .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value);
            variables["TERM"] = "xterm";
            foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            {
                variables[name] = value;
            }

            var pid = NativeTerminal.Spawn(
                path, [path, .. arguments], [.. variables.Where(pair => pair.Value is not null).Select(pair => $"{pair.Key}={pair.Value}")], slave);
            return new Terminal(master, pid, columns, rows, $"{Path.GetFileName(path)} {string.Join(' ', arguments)}");
        }
        catch
        {
            master.Dispose();
            throw;
        }
    }

    /// <summary>Reads the screen while no output is being shown.</summary>
    public T Look<T>(Func<Screen, T> read)
    {
        lock (_lock)
        {
            return read(_screen);
        }
    }

    /// <summary>Presses keys; Enter is <c>\r</c>.</summary>
    public void Type(string keys) => NativeTerminal.Write(_master, Encoding.UTF8.GetBytes(keys));

    public void Resize(int columns, int rows)
    {
        lock (_lock)
        {
            _screen.Resize(columns, rows);
        }

        NativeTerminal.Resize(_master, columns, rows);
    }

    public void Signal(int signal) => NativeTerminal.Kill(Pid, signal);

    /// <summary>Waits until the screen satisfies a condition.</summary>
    /// <exception cref="TimeoutException">With what was awaited and the screen as it stands.</exception>
    public async Task WaitAsync(Func<Screen, bool> condition, string awaited, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (condition(_screen))
                {
                    return;
                }

                changed = _changed.Task;
            }

            if (_reading.IsCompleted)
            {
                throw new TimeoutException($"`{_title}` ended before {awaited} was seen. Its screen:\n{Transcript}");
            }

            try
            {
                await Task.WhenAny(changed, _reading).WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"{awaited} was not seen within {timeout.TotalSeconds:0} s. The screen of `{_title}`:\n{Transcript}");
            }
        }
    }

    public Task WaitForTextAsync(string text, TimeSpan timeout, CancellationToken cancellationToken)
        => WaitAsync(screen => screen.Transcript.Contains(text, StringComparison.Ordinal), $"'{text}'", timeout, cancellationToken);

    /// <summary>Waits for the program's end.</summary>
    /// <exception cref="TimeoutException">With the screen as it stands.</exception>
    public async Task<int> WaitForExitAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            var code = await Exit.WaitAsync(timeout, cancellationToken);
            await _reading.WaitAsync(timeout, cancellationToken);
            return code;
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"`{_title}` did not end within {timeout.TotalSeconds:0} s. Its screen:\n{Transcript}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!Exit.IsCompleted)
        {
            // What the kernel does when a terminal's window is closed.
            NativeTerminal.Kill(Pid, 1);
            if (await Task.WhenAny(Exit, Task.Delay(HangUpTime)) != Exit)
            {
                NativeTerminal.Kill(Pid, 9);
            }
        }

        await Exit;
        // A grandchild may still hold the slave; closing the master ends the read either way.
        _master.Dispose();
        await Task.WhenAny(_reading, Task.Delay(HangUpTime));
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Read()
    {
        var buffer = new byte[8192];
        while (true)
        {
            int count;
            try
            {
                count = NativeTerminal.Read(_master, buffer);
            }
            catch (ObjectDisposedException)
            {
                // The terminal was closed between two reads.
                count = 0;
            }

            if (count == 0)
            {
                return;
            }

            lock (_lock)
            {
                _parser.Feed(buffer.AsSpan(0, count));
                _changed.TrySetResult();
                _changed = NewSignal();
            }
        }
    }
}
