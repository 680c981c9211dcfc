namespace Nacelle.IntegrationTests.Runtime;

/// <summary>A program in crun's place that runs a few lines of shell before one of its commands; <c>$lab</c> is the lab's directory.</summary>
internal sealed class WrappedCrun : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("ncrun").FullName;

    public WrappedCrun(string command, string script)
    {
        var crun = "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin".Split(':').Select(path => $"{path}/crun").First(File.Exists);
        File.WriteAllText(Path, $"""
            #!/bin/sh
            lab=$(echo "$1" | sed 's|^--root=||; s|/run/oci$||')
            case " $* " in *" {command} "*)
            {script}
            ;; esac
            exec {crun} "$@"

            """);
        File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string Path => $"{directory}/crun";

    public void Dispose() => Directory.Delete(directory, recursive: true);
}
