namespace Nacelle.Inspect.Health;

/// <summary>Something amiss with a Pod's processes, as first told.</summary>
/// <param name="Reason">One word for events and the condition.</param>
/// <param name="Container">The container it is about; empty for the Pod.</param>
/// <param name="Message">One sentence.</param>
public sealed record HealthProblem(string Reason, string Container, string Message)
{
    /// <summary>Ended processes that their parent does not reap.</summary>
    public const string ZombiesNotReaped = "ZombiesNotReaped";

    /// <summary>Processes lost their parent, and <c>/pause</c> has them now. Worth knowing, and no fault.</summary>
    public const string OrphansAdopted = "OrphansAdopted";

    /// <summary>Nearly as many processes as are allowed.</summary>
    public const string PidLimitNear = "PIDLimitNear";

    /// <summary>Forks fail.</summary>
    public const string PidLimitReached = "PIDLimitReached";

    /// <summary>Whether the condition turns for it; the other is only told.</summary>
    public bool IsFault => Reason != OrphansAdopted;
}
