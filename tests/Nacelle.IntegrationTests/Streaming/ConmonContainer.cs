using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Nacelle.Runtime.Streaming;
using Nacelle.Runtime.Streaming.Conmon;

namespace Nacelle.IntegrationTests.Streaming;

/// <summary>A running container of real conmon and crun on the host's programs, with nothing of the runtime around it.</summary>
internal sealed class ConmonContainer : IAsyncDisposable
{
    private readonly DirectoryInfo directory;
    private readonly string id = "streaming-" + Guid.NewGuid().ToString("N")[..8];

    private ConmonContainer(string directoryName) => directory = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), directoryName));

    private string ExitFile => Path.Combine(directory.FullName, id);

    public static async Task<ConmonContainer> StartAsync(
        string script, bool tty = false, bool stdinOnce = false, int nameLength = 20)
    {
        var name = ("nacelle-conmon-" + Guid.NewGuid().ToString("N")).PadRight(nameLength, 'x')[..nameLength];
        var container = new ConmonContainer(name);
        container.WriteBundle(script, tty);
        var flags = (tty ? "-t " : "") + (stdinOnce ? "" : "--leave-stdin-open ");
        var bundle = container.directory.FullName;
        await RunAsync(
            $"exec conmon --api-version 1 -c {container.id} -u {container.id} -n {container.id} -r \"$(command -v crun)\" -b {bundle} -p {bundle}/pidfile " +
            $"--exit-dir {bundle} --full-attach -l k8s-file:{bundle}/log --conmon-pidfile {bundle}/conmon.pid --socket-dir-path {bundle} -i {flags}" +
            $"</dev/null >{bundle}/conmon.out 2>&1");
        try
        {
            await Eventually.HoldsAsync(() => File.Exists($"{bundle}/pidfile") && File.Exists($"{bundle}/attach"), "conmon has created the container");
            await RunAsync($"crun start {container.id} </dev/null >{bundle}/start.out 2>&1 || {{ cat {bundle}/start.out >&2; exit 1; }}");
            return container;
        }
        catch
        {
            await container.DisposeAsync();
            throw;
        }
    }

    public Task<ContainerStreams> AttachAsync(bool stdin = true, bool tty = false) =>
        ConmonAttach.OpenAsync(directory.FullName, new ConmonAttachStreams(stdin, true, !tty, tty), ExitAsync(), CancellationToken.None);

    /// <summary>The code in the exit file, once conmon has written it.</summary>
    public async Task<int> ExitAsync()
    {
        await Eventually.HoldsAsync(() => File.Exists(ExitFile) && new FileInfo(ExitFile).Length > 0, "the container ends");
        return int.Parse(await File.ReadAllTextAsync(ExitFile), CultureInfo.InvariantCulture);
    }

    public bool HasEnded => File.Exists(ExitFile);

    public async ValueTask DisposeAsync()
    {
        var pid = (await File.ReadAllTextAsync(Path.Combine(directory.FullName, "conmon.pid"))).Trim();
        await RunAsync($"crun delete --force {id} >/dev/null 2>&1 || true");
        await Eventually.HoldsAsync(() => !Directory.Exists("/proc/" + pid), "conmon ends");
        directory.Delete(recursive: true);
    }

    private static async Task RunAsync(string command)
    {
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", command]) { RedirectStandardError = true })!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{command}: {error}");
        }
    }

    private void WriteBundle(string script, bool tty)
    {
        var mounts = new JsonArray(
            JsonNode.Parse("""{"destination":"/proc","type":"proc","source":"proc"}"""),
            JsonNode.Parse("""{"destination":"/dev","type":"tmpfs","source":"tmpfs"}"""),
            JsonNode.Parse("""{"destination":"/dev/pts","type":"devpts","source":"devpts","options":["newinstance","ptmxmode=0666"]}"""));
        foreach (var path in new[] { "/bin", "/lib", "/lib64", "/usr" })
        {
            mounts.Add(JsonNode.Parse($$"""{"destination":"{{path}}","type":"bind","source":"{{path}}","options":["rbind","ro"]}"""));
        }

        var config = new JsonObject
        {
            ["ociVersion"] = "1.0.2",
            ["root"] = new JsonObject { ["path"] = "rootfs" },
            ["mounts"] = mounts,
            ["process"] = new JsonObject
            {
                ["terminal"] = tty,
                ["user"] = new JsonObject { ["uid"] = 0, ["gid"] = 0 },
                ["args"] = new JsonArray("sh", "-c", script),
                ["env"] = new JsonArray("PATH=/usr/bin:/bin"),
                ["cwd"] = "/",
            },
            ["linux"] = new JsonObject
            {
                ["cgroupsPath"] = "/" + id,
                ["namespaces"] = JsonNode.Parse("""[{"type":"pid"},{"type":"mount"},{"type":"ipc"},{"type":"uts"}]"""),
            },
        };
        Directory.CreateDirectory(Path.Combine(directory.FullName, "rootfs", "dev"));
        File.WriteAllText(Path.Combine(directory.FullName, "config.json"), config.ToJsonString());
    }
}
