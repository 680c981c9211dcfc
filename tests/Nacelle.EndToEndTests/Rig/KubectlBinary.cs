namespace Nacelle.EndToEndTests.Rig;

/// <summary>
/// A kubectl on this machine. <c>NACELLE_KUBECTLS</c> (set by test.sh) lists those that every page test runs with, as <c>1.30=/path/kubectl</c> separated by
/// colons; without it the one on PATH is used.
/// </summary>
public sealed record KubectlBinary(string Version, string Path)
{
    public static IReadOnlyList<KubectlBinary> All { get; } = Find();

    /// <summary>The newest: what the tests use that are not about kubectl's version.</summary>
    public static KubectlBinary Newest => All[^1];

    public static KubectlBinary Of(string version) => All.First(binary => binary.Version == version);

    private static IReadOnlyList<KubectlBinary> Find()
    {
        var listed = System.Environment.GetEnvironmentVariable("NACELLE_KUBECTLS");
        if (!string.IsNullOrEmpty(listed))
        {
            return [.. listed.Split(':').Select(entry => entry.Split('=', 2)).Select(pair => new KubectlBinary(pair[0], pair[1]))];
        }

        var onPath = (System.Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Select(folder => System.IO.Path.Combine(folder, "kubectl")).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("no kubectl: set NACELLE_KUBECTLS or put one on PATH");
        return [new KubectlBinary("on PATH", onPath)];
    }
}
