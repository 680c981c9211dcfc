using System.Collections.Immutable;

namespace Nacelle.Kubernetes.Entrypoints;

/// <summary>Programs that only make way for another one: <c>env</c>, <c>busybox</c>, and a shell that is given a simple command.</summary>
internal static class CommandWrappers
{
    /// <summary>Takes one wrapper off.</summary>
    /// <returns>Null where there is none, or where what it starts cannot be told.</returns>
    public static Entrypoint? Unwrap(Entrypoint entrypoint) => entrypoint.Name switch
    {
        "env" => Env(entrypoint),
        "busybox" when !entrypoint.Arguments.IsEmpty => entrypoint.As(entrypoint.Arguments),
        "sh" or "bash" or "dash" or "ash" => Shell(entrypoint),
        _ => null,
    };

    /// <summary>Words of the form <c>NAME=VALUE</c> before a command, as shells and env take them.</summary>
    internal static Entrypoint WithAssignments(Entrypoint entrypoint, ImmutableArray<string> words)
    {
        var environment = entrypoint.Environment;
        var first = 0;
        for (; first < words.Length && words[first].IndexOf('=', StringComparison.Ordinal) is > 0 and var end; first++)
        {
            environment = environment.SetItem(words[first][..end], words[first][(end + 1)..]);
        }

        return entrypoint with { Environment = environment, Argv = words[first..] };
    }

    private static Entrypoint? Env(Entrypoint entrypoint)
    {
        var arguments = entrypoint.Arguments;
        for (var i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "-" or "-i" or "--ignore-environment":
                    entrypoint = entrypoint with { Environment = [], EnvironmentComplete = true };
                    break;
                case "-u" or "--unset" when i + 1 < arguments.Length:
                    entrypoint = entrypoint with { Environment = entrypoint.Environment.Remove(arguments[++i]) };
                    break;
                case "--":
                    return WithAssignments(entrypoint, arguments[(i + 1)..]);
                case ['-', ..]:
                    return null;
                default:
                    return WithAssignments(entrypoint, arguments[i..]);
            }
        }

        return null;
    }

    private static Entrypoint? Shell(Entrypoint entrypoint)
    {
        // -c may come among other flags (-ec, -lc); what follows the script are its $0, $1, ….
        var at = 0;
        var arguments = entrypoint.Arguments;
        while (at < arguments.Length && arguments[at] is ['-', not '-', ..] flag)
        {
            at++;
            if (flag.Contains('c', StringComparison.Ordinal))
            {
                return at < arguments.Length ? ShellScript.LastCommand(entrypoint, arguments[at]) : null;
            }
        }

        return null;
    }
}
