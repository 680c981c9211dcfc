namespace Nacelle.EndToEndTests.Rig;

/// <summary>How a program ended and what it wrote.</summary>
public sealed record CommandResult(string CommandLine, int ExitCode, string Output, string Errors)
{
    /// <summary>Returns the output of a program that succeeded.</summary>
    /// <exception cref="InvalidOperationException">With everything the program wrote.</exception>
    public string Succeeded()
        => ExitCode == 0 ? Output : throw new InvalidOperationException($"{this}");

    public override string ToString() => $"`{CommandLine}` ended with {ExitCode}\n{Output}{Errors}";
}
