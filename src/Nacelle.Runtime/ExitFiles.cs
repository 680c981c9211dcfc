using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Nacelle.Linux.Polling;

namespace Nacelle.Runtime;

/// <summary>Waits for the files that say that a sandbox or a container has ended. One inotify descriptor for all.</summary>
internal sealed class ExitFiles : IAsyncDisposable
{
    private readonly RuntimeDirectories directories;
    private readonly ILogger logger;
    private readonly DirectoryWatch watch;
    private readonly ConcurrentDictionary<string, TaskCompletionSource> waiting = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource stopping = new();
    private readonly Task reading;

    public ExitFiles(RuntimeDirectories directories, ILogger logger)
    {
        this.directories = directories;
        this.logger = logger;
        watch = new DirectoryWatch(directories.Exits);
        reading = ReadAsync();
    }

    /// <summary>Completes when the file is there, which may be at once.</summary>
    public async Task WaitAsync(string id, CancellationToken cancellationToken)
    {
        var completion = waiting.GetOrAdd(id, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            if (!File.Exists(directories.Exit(id)))
            {
                await completion.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            waiting.TryRemove(id, out _);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        await reading.ConfigureAwait(false);
        watch.Dispose();
        stopping.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            await foreach (var name in watch.ReadNamesAsync(stopping.Token).ConfigureAwait(false))
            {
                if (name is null)
                {
                    CompleteThoseThere();
                }
                else if (waiting.TryGetValue(name, out var completion))
                {
                    completion.TrySetResult();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The runtime stops; who waits has its own token.
        }
        catch (IOException failure)
        {
            // Waiters still have the processes' own descriptors to notice the end by.
            RuntimeLog.WatchFailed(logger, "directory", directories.Exits, failure);
        }
    }

    /// <summary>The kernel's queue ran over: the directory itself is the truth.</summary>
    private void CompleteThoseThere()
    {
        foreach (var (id, completion) in waiting)
        {
            if (File.Exists(directories.Exit(id)))
            {
                completion.TrySetResult();
            }
        }
    }
}
