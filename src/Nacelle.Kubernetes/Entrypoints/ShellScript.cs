using System.Collections.Immutable;
using System.Text;

namespace Nacelle.Kubernetes.Entrypoints;

/// <summary>
/// Reads as much of a shell's <c>-c</c> script as is plain: simple commands one after the other. It is no shell: where a script does more, what it
/// starts is not known.
/// </summary>
internal static class ShellScript
{
    /// <summary>The program that the shell becomes: the script's only command, or the last one if it begins with <c>exec</c>.</summary>
    public static Entrypoint? LastCommand(Entrypoint entrypoint, string script)
    {
        if (Commands(script) is not { Count: > 0 } commands)
        {
            return null;
        }

        var words = commands[^1];
        var start = words.TakeWhile(word => word.IndexOf('=', StringComparison.Ordinal) > 0).Count();
        var exec = start < words.Length && words[start] == "exec";
        if (!exec && commands.Count > 1)
        {
            return null;
        }

        // A variable that an earlier command exports may be any.
        var complete = entrypoint.EnvironmentComplete
            && !commands.SkipLast(1).Any(command => command is ["export" or "." or "source" or "eval", ..] or ["set", "-a" or "-o", ..]);
        var result = CommandWrappers.WithAssignments(entrypoint, exec ? words.RemoveAt(start) : words);
        return result.Argv.IsEmpty || result.Path.StartsWith('-') || result.Path.Contains('$', StringComparison.Ordinal)
            ? null
            : result with { EnvironmentComplete = complete };
    }

    /// <returns>Null where there is a pipe, a redirection, a substitution, an escape or an open quote.</returns>
    private static List<ImmutableArray<string>>? Commands(string script)
    {
        List<ImmutableArray<string>> commands = [];
        List<string> words = [];
        StringBuilder? word = null;
        for (var i = 0; i < script.Length; i++)
        {
            var c = script[i];
            switch (c)
            {
                case ' ' or '\t':
                    EndWord();
                    break;
                case ';' or '\n':
                    EndCommand();
                    break;
                case '&' when i + 1 < script.Length && script[i + 1] == '&':
                    i++;
                    EndCommand();
                    break;
                case '\'' or '"':
                    var end = script.IndexOf(c, i + 1);
                    if (end < 0 || (c == '"' && script.AsSpan(i, end - i).ContainsAny('\\', '`')))
                    {
                        return null;
                    }

                    (word ??= new StringBuilder()).Append(script.AsSpan(i + 1, end - i - 1));
                    i = end;
                    break;
                case '&' or '|' or '(' or ')' or '<' or '>' or '`' or '\\' or '{' or '}' or '#' when c != '#' || word is null:
                    // A $(…) or ${…} ends here as well.
                    return null;
                default:
                    (word ??= new StringBuilder()).Append(c);
                    break;
            }
        }

        EndCommand();
        return commands;

        void EndWord()
        {
            if (word is not null)
            {
                words.Add(word.ToString());
                word = null;
            }
        }

        void EndCommand()
        {
            EndWord();
            if (words.Count > 0)
            {
                commands.Add([.. words]);
                words.Clear();
            }
        }
    }
}
