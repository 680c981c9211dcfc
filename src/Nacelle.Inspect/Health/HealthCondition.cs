namespace Nacelle.Inspect.Health;

/// <summary>The Pod's condition <see cref="Type"/>; a Pod with which nothing was ever wrong has none.</summary>
/// <param name="Healthy">Its status: True or False.</param>
/// <param name="Reason">The gravest problem's, or <see cref="Recovered"/>.</param>
/// <param name="Message">The problems as they were when the last of them came or went; empty when healthy.</param>
public sealed record HealthCondition(bool Healthy, string Reason, string Message)
{
    public const string Type = "inspect.nacelle.dev/ProcessesHealthy";

    public const string Recovered = "Recovered";
}
