using System.Diagnostics;
using System.Globalization;
using Nacelle.Inspect.Exposure;
using Nacelle.Kubernetes.Exposure;
using Xunit;

namespace Nacelle.IntegrationTests.Exposure;

/// <summary>A PID namespace with processes of chosen credentials (subject.c). The kernel ends them with it.</summary>
internal sealed class SubjectNamespace : IDisposable
{
    private readonly EmbeddedProgram _program = new("subject");
    private readonly Process _init;

    public SubjectNamespace()
    {
        _init = Process.Start(new ProcessStartInfo("/usr/bin/unshare", ["--pid", "--mount", "--fork", "--kill-child", _program.Path])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
    }

    /// <summary>Makes a process and reads it as an audit would.</summary>
    /// <param name="who">What it becomes.</param>
    /// <param name="dumpable">Whether it may be dumped.</param>
    /// <param name="filter">System calls (by number) that a seccomp filter each keeps it from, and what happens then (SECCOMP_RET_*).</param>
    public ExposedProcess Spawn(Credentials who, bool dumpable = true, params IReadOnlyList<(int Call, uint Action)> filter)
    {
        string ids = string.Create(CultureInfo.InvariantCulture,
            $"{who.Uids.Real} {who.Uids.Effective} {who.Uids.Saved} {who.Gids.Real} {who.Gids.Effective} {who.Gids.Saved}");
        Send($"spawn {ids} {who.Permitted:x} {who.Effective:x} {who.Inheritable:x} {who.Bounding:x} {(who.NoNewPrivileges ? 1 : 0)} {(dumpable ? 1 : 0)}"
            + string.Concat(filter.Select(item => string.Create(CultureInfo.InvariantCulture, $" {item.Call} {item.Action:x}"))));
        int pid = int.Parse(Answer(), CultureInfo.InvariantCulture);
        ExposedProcess process = Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out int host) ? ExposedProcess.TryRead(host) : null)
            .OfType<ExposedProcess>()
            .Single(found => found.NamespacePids.Length > 1 && found.NamespacePids[^1] == pid && IsOurs(found.Pid));
        Assert.Equal(who.Key, process.Identity.Credentials.Key);
        return process;
    }

    /// <summary>Lets one of them try what it can do to another, by its own code.</summary>
    public IReadOnlyList<bool> Ask(ExposedProcess observer, ExposedProcess target)
    {
        Send($"ask {observer.NamespacePids[^1]} {target.NamespacePids[^1]}");
        return [.. Answer().Select(digit => digit == '1')];
    }

    public void Dispose()
    {
        _init.StandardInput.Close();
        Assert.True(_init.WaitForExit(10_000));
        _init.Dispose();
        _program.Dispose();
    }

    private bool IsOurs(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").StartsWith(_program.Path, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // Another test's, which has just ended.
            return false;
        }
    }

    private void Send(string line)
    {
        _init.StandardInput.WriteLine(line);
        _init.StandardInput.Flush();
    }

    private string Answer() => _init.StandardOutput.ReadLine() ?? throw new InvalidOperationException("subject has ended");
}
