using System.Globalization;
using System.Text;

using Microsoft.Extensions.Logging;

namespace Nacelle.Parts;

/// <summary>
/// One line a message: time (UTC), level, category, text; exceptions below it. Where journald reads the stream (JOURNAL_STREAM is set)
/// the line begins with a syslog level instead of time and level, see sd-daemon(3).
/// </summary>
internal sealed class LineLoggerProvider(TextWriter output) : ILoggerProvider
{
    private static readonly bool Journal = Environment.GetEnvironmentVariable("JOURNAL_STREAM") is not null;
    private readonly Lock _lock = new();

    public ILogger CreateLogger(string categoryName) => new LineLogger(this, ShortName(categoryName));

    public void Dispose()
    {
        lock (_lock)
        {
            output.Flush();
        }
    }

    private static string ShortName(string category) =>
        category.StartsWith("Nacelle.", StringComparison.Ordinal) ? category["Nacelle.".Length..] : category;

    private static string Mark(LogLevel level) => level switch
    {
        LogLevel.Critical => Journal ? "<2>" : "CRIT ",
        LogLevel.Error => Journal ? "<3>" : "ERROR",
        LogLevel.Warning => Journal ? "<4>" : "WARN ",
        LogLevel.Information => Journal ? "<6>" : "INFO ",
        _ => Journal ? "<7>" : "DEBUG",
    };

    private sealed class LineLogger(LineLoggerProvider provider, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var line = new StringBuilder();
            if (!Journal)
            {
                line.Append(DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ ", CultureInfo.InvariantCulture));
            }

            line.Append(Mark(logLevel)).Append(Journal ? "" : " ").Append(category).Append(": ").Append(formatter(state, exception));
            if (exception is not null)
            {
                line.Append(": ").Append(logLevel >= LogLevel.Error ? exception.ToString() : exception.Message);
            }

            line.Append('\n');
            lock (provider._lock)
            {
                provider.Write(line.ToString());
            }
        }
    }

    private void Write(string text)
    {
        output.Write(text);
        output.Flush();
    }
}
