namespace Nacelle.EndToEndTests.Rig;

/// <summary>A test's failure, and those of the cleaning up behind it, with the end of Nacelle's log.</summary>
public sealed class InstanceFailureException(IReadOnlyList<Exception> failures, string log)
    : Exception(Write(failures, log), failures[0])
{
    private const int LogLines = 150;

    private static string Write(IReadOnlyList<Exception> failures, string log)
        => string.Join("\n\nand then: ", failures.Select(failure => failure.Message))
            + $"\n\nThe end of nacelle's log:\n{string.Join('\n', log.Split('\n').TakeLast(LogLines))}";
}
