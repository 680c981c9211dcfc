namespace Nacelle.IntegrationTests.Inspect;

/// <summary>The program of leaderless.c in a file of its own.</summary>
internal sealed class LeaderlessProgram : IDisposable
{
    public LeaderlessProgram()
    {
        using (var resource = typeof(LeaderlessProgram).Assembly.GetManifestResourceStream("leaderless")!)
        using (var file = File.Create(Path))
        {
            resource.CopyTo(file);
        }

        File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"leaderless-{Guid.NewGuid():N}");

    public void Dispose() => File.Delete(Path);
}
