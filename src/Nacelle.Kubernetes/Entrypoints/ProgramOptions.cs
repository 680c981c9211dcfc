using System.Collections.Immutable;
using System.Text;

namespace Nacelle.Kubernetes.Entrypoints;

/// <summary>The options in front of the program that a container init starts, read as getopt(3) does.</summary>
/// <param name="Letters">The short options that are given.</param>
/// <param name="Program">The program to start and its arguments; empty where none is named.</param>
internal sealed record ProgramOptions(string Letters, ImmutableArray<string> Program)
{
    /// <param name="arguments">The arguments of the init.</param>
    /// <param name="withValue">Letters of the options that take a value.</param>
    public static ProgramOptions Read(ImmutableArray<string> arguments, string withValue)
    {
        var letters = new StringBuilder();
        var program = -1;
        for (var i = 0; i < arguments.Length; i++)
        {
            var argument = arguments[i];
            if (argument == "--")
            {
                program = program < 0 ? i + 1 : program;
                break;
            }

            if (argument.StartsWith("--", StringComparison.Ordinal))
            {
                continue;
            }

            if (argument.Length < 2 || argument[0] != '-')
            {
                // glibc's getopt goes on behind it.
                program = program < 0 ? i : program;
                continue;
            }

            var value = argument.AsSpan(1).IndexOfAny(withValue);
            letters.Append(value < 0 ? argument.AsSpan(1) : argument.AsSpan(1, value + 1));
            i += value >= 0 && value == argument.Length - 2 ? 1 : 0;
        }

        return new ProgramOptions(letters.ToString(), program < 0 || program >= arguments.Length ? [] : arguments[program..]);
    }
}
