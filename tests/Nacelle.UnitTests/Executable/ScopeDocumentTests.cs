using Nacelle.ApiServer.Resources;
using Nacelle.Kubelet.Containers;

using Xunit;

namespace Nacelle.UnitTests.Executable;

/// <summary>SCOPE.md says what the code does: its two tables are made here. NACELLE_WRITE_SCOPE=1 writes them instead of comparing.</summary>
public sealed class ScopeDocumentTests
{
    [Fact]
    public void Scope_Kinds_AreThoseOfTheRegistry() => Compare("kinds", Kinds());

    [Fact]
    public void Scope_Fields_AreThoseOfTheKubeletsTable() => Compare("fields", Fields());

    private static string Kinds()
    {
        var rows = ResourceRegistry.All.Select(type =>
        {
            var verbs = type.Verbs.Length == ResourceType.AllVerbs.Length ? "all" : string.Join(", ", type.Verbs);
            return $"| {(type.Group.Length == 0 ? "" : type.Group + "/")}{type.Version} {(type.Kind.Length > 0 ? type.Kind : type.Plural)} | {verbs} | {string.Join(", ", type.Subresources.Select(s => s.Name))} |";
        });
        return string.Join('\n', ["| kind | verbs | subresources |", "| --- | --- | --- |", .. rows]);
    }

    private static string Fields()
    {
        var rows = UnsupportedFields.Rules.Select(rule => $"| `{rule.Field}` | {(rule.Effect == FieldEffect.Refused ? "Pod waits" : "Warning event")} |");
        return string.Join('\n', ["| field | when it is used |", "| --- | --- |", .. rows]);
    }

    private static void Compare(string section, string expected)
    {
        var path = Path.Combine(RepositoryRoot(), "SCOPE.md");
        var text = File.ReadAllText(path);
        var (begin, end) = ($"<!-- {section} -->\n", $"<!-- /{section} -->");
        var from = text.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        var to = text.IndexOf(end, StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("NACELLE_WRITE_SCOPE") == "1")
        {
            File.WriteAllText(path, text[..from] + expected + "\n" + text[to..]);
            return;
        }

        Assert.Equal(expected, text[from..to].TrimEnd('\n'));
    }

    private static string RepositoryRoot()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Nacelle.slnx")))
        {
            directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("the repository's root was not found");
        }

        return directory;
    }
}
