using System.Runtime.InteropServices;

using Microsoft.Extensions.Logging;

namespace Nacelle.Parts;

/// <summary>Starts one part of Nacelle; it serves when the task is done.</summary>
internal delegate Task<RunningPart> PartStarter(ILoggerFactory loggerFactory, CancellationToken cancellationToken);

/// <summary>
/// Runs parts in the given order until SIGTERM, SIGINT or the end of one of them, then stops them in reverse order. Pods go on running.
/// </summary>
internal static partial class PartRunner
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    /// <exception cref="CommandException">A part can't start; what was started before it is stopped again.</exception>
    public static async Task<int> RunAsync(Configuration configuration, IReadOnlyList<PartStarter> starters)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new CommandException("must be run as root (try sudo)");
        }

        using var loggerFactory = LoggerFactory.Create(builder => builder
            .SetMinimumLevel(configuration.Verbose ? LogLevel.Debug : LogLevel.Information)
            .AddFilter("Microsoft", LogLevel.Warning)
            // A server that can't start says so by an exception, which becomes one line.
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.Critical)
            .AddFilter("Grpc", LogLevel.Warning)
            .AddProvider(new LineLoggerProvider(Console.Error)));
        var logger = loggerFactory.CreateLogger("Nacelle");
        using var stop = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, stop));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, stop));

        var running = new Stack<RunningPart>();
        try
        {
            foreach (var starter in starters)
            {
                running.Push(await starter(loggerFactory, stop.Token));
            }

            LogServing(logger, string.Join(", ", running.Reverse().Select(p => p.Name)));
            ServiceNotification.Ready();
            // Starting takes memory that is of no use later. Left alone, the collector first looks at it when much more has been taken.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            return await WaitAsync(running, logger, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCode.Done;
        }
        finally
        {
            await StopAsync(running, logger);
        }
    }

    private static void Stop(PosixSignalContext context, CancellationTokenSource stop)
    {
        context.Cancel = true;
        stop.Cancel();
    }

    private static async Task<int> WaitAsync(IReadOnlyCollection<RunningPart> running, ILogger logger, CancellationToken stop)
    {
        var stopped = Task.Delay(Timeout.Infinite, stop);
        var ended = await Task.WhenAny(running.Select(p => p.Completion).Append(stopped));
        if (ended == stopped)
        {
            return ExitCode.Done;
        }

        var part = running.First(p => p.Completion == ended);
        LogEnded(logger, part.Name, ended.Exception?.InnerException);
        return ExitCode.Failure;
    }

    private static async Task StopAsync(Stack<RunningPart> running, ILogger logger)
    {
        while (running.TryPop(out var part))
        {
            try
            {
                await part.Host.DisposeAsync().AsTask().WaitAsync(StopTimeout);
            }
            catch (Exception e)
            {
                // The others are stopped all the same.
                LogStopFailed(logger, part.Name, e);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "serving: {Parts}")]
    private static partial void LogServing(ILogger logger, string parts);

    [LoggerMessage(Level = LogLevel.Critical, Message = "{Part} ended by itself")]
    private static partial void LogEnded(ILogger logger, string part, Exception? exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Part} did not stop in order")]
    private static partial void LogStopFailed(ILogger logger, string part, Exception exception);
}
