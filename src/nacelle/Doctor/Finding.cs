namespace Nacelle.Doctor;

internal enum Verdict
{
    Ok,

    /// <summary>Pods run, but slower or with less; the remedy says what to do about it.</summary>
    Note,

    /// <summary>Pods don't run until the remedy is applied.</summary>
    Missing,
}

/// <summary>What was looked at, what was found, and where it is not as it should be, the command that mends it.</summary>
internal sealed record Finding(string Subject, Verdict Verdict, string Detail, string? Remedy = null);
