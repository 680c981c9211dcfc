namespace Nacelle;

/// <summary>What <c>nacelle --help</c> promises.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failure = 1;
    public const int Usage = 2;
}
