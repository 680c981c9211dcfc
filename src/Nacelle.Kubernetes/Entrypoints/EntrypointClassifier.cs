namespace Nacelle.Kubernetes.Entrypoints;

/// <summary>Tells, before a container starts, what its first program does where it is not PID 1. Pure.</summary>
public static class EntrypointClassifier
{
    /// <summary>Wrappers within wrappers; more of them hide the program.</summary>
    private const int DeepestWrapper = 8;

    public static EntrypointVerdict Classify(Entrypoint entrypoint)
    {
        var verdict = EntrypointVerdict.Unknown;
        for (var depth = 0; depth < DeepestWrapper; depth++)
        {
            if (CommandWrappers.Unwrap(entrypoint) is { } inner)
            {
                entrypoint = inner;
                continue;
            }

            if (EntrypointTable.Rows.FirstOrDefault(row => row.IsCalledBy(entrypoint)) is not { } row)
            {
                return verdict;
            }

            verdict = row.Verdict.Class > verdict.Class || verdict == EntrypointVerdict.Unknown ? row.Verdict : verdict;
            if (row.StartsAfterOptions is null)
            {
                return verdict;
            }

            // What a container init starts is not PID 1 either.
            entrypoint = entrypoint.As(ProgramOptions.Read(entrypoint.Arguments, row.StartsAfterOptions).Program);
        }

        return verdict;
    }
}
