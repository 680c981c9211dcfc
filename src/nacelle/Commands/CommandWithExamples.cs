using System.CommandLine;

namespace Nacelle.Commands;

/// <summary>A command whose own help ends its description with examples; the list of all commands shows the summary alone.</summary>
internal sealed class CommandWithExamples(string name, string summary, params string[] examples) : Command(name, summary)
{
    public void ShowExamples() => Description = $"{Description}\n\nExamples:\n{string.Join('\n', examples.Select(example => "  " + example))}";
}
