namespace Nacelle.IntegrationTests;

/// <summary>A program that was compiled with the tests, in a file of its own.</summary>
internal sealed class EmbeddedProgram : IDisposable
{
    /// <param name="name">The resource's.</param>
    public EmbeddedProgram(string name)
    {
        Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"{name}-{Guid.NewGuid():N}");
        using (var resource = typeof(EmbeddedProgram).Assembly.GetManifestResourceStream(name)!)
        using (var file = File.Create(Path))
        {
            resource.CopyTo(file);
        }

        File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public string Path { get; }

    public void Dispose() => File.Delete(Path);
}
