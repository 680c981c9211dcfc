namespace Nacelle.Inspect.Exposure;

/// <summary>How an attempt of the probe ended.</summary>
/// <param name="Open">Whether it had the access; null where it ended in a way that tells neither.</param>
/// <param name="Error">The error's name, such as <c>EACCES</c>; empty for none.</param>
internal readonly record struct AttemptOutcome(bool? Open, string Error)
{
    public override string ToString() => Open == true ? "open" : $"refused with {Error}";
}
