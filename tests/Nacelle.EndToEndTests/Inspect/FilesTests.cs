using System.Globalization;
using System.Text.Json.Nodes;
using Nacelle.EndToEndTests.Rig;
using Xunit;

namespace Nacelle.EndToEndTests.Inspect;

/// <summary>Files of containers through the API, by <c>nacelle files</c> and by kubectl.</summary>
public sealed class FilesTests
{
    private const string Shared = """
        apiVersion: v1
        kind: Pod
        metadata: {name: nginx}
        spec:
          shareProcessNamespace: true
          terminationGracePeriodSeconds: 1
          containers:
          - {name: nginx, image: nginx, imagePullPolicy: IfNotPresent}
          - {name: shell, image: busybox, imagePullPolicy: IfNotPresent, stdin: true, tty: true}
        """;

    private const string Ended = """
        apiVersion: v1
        kind: Pod
        metadata: {name: ended}
        spec:
          restartPolicy: Never
          containers:
          - {name: main, image: busybox, imagePullPolicy: IfNotPresent, command: ['true']}
        """;

    private const string Distroless = """
        apiVersion: v1
        kind: Pod
        metadata: {name: distroless}
        spec:
          terminationGracePeriodSeconds: 1
          containers:
          - name: main
            image: nacelle/distroless
            imagePullPolicy: IfNotPresent
            volumeMounts: [{name: data, mountPath: /data}]
          volumes: [{name: data, emptyDir: {}}]
        """;

    private const string HostPid = """
        apiVersion: v1
        kind: Pod
        metadata: {name: host}
        spec:
          hostPID: true
          terminationGracePeriodSeconds: 1
          containers:
          - {name: main, image: busybox, imagePullPolicy: IfNotPresent, command: [sh, -c, "echo of the container >/mine; exec sleep 1000000"]}
        """;

    private const string Hostile = """
        apiVersion: v1
        kind: Pod
        metadata: {name: hostile}
        spec:
          terminationGracePeriodSeconds: 1
          containers:
          - name: main
            image: busybox
            imagePullPolicy: IfNotPresent
            command:
            - sh
            - -c
            - |
              mkdir -p /tree/sub
              cd /tree
              ln -s /etc/hostname absolute
              ln -s ../../../../../../etc/hostname above
              ln -s /proc/1/root magic
              ln -s loop loop
              mkfifo fifo
              echo content >sub/file
              chmod 4755 sub/file
              touch "$(printf 'clear\033[2J')" "$(printf 'not\377text')"
              truncate -s 1G /big
              exec sleep 1000000
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Files_PodOfThePage_AreThoseThatExecShows() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await nacelle.Kubectl.RunAsync("apply -f -", Cancellation, Shared);
            await nacelle.Kubectl.RunAsync("wait --for=condition=Ready pod/nginx --timeout=60s", Cancellation);

            var configuration = await nacelle.Kubectl.RunAsync("exec nginx -c nginx -- cat /etc/nginx/nginx.conf", Cancellation);
            Assert.Equal(configuration, (await FilesAsync(nacelle, "cat", "nginx:nginx:/etc/nginx/nginx.conf")).Succeeded());
            Assert.Equal(configuration, await nacelle.Kubectl.RunAsync(
                "get --raw /apis/inspect.nacelle.dev/v1alpha1/namespaces/default/pods/nginx/files?container=nginx&operation=read&path=/etc/nginx/nginx.conf", Cancellation));
            Assert.Matches(@"(?m)^-rw-r--r-- 0 0 +\d+ \S+Z nginx\.conf$", (await FilesAsync(nacelle, "ls", "nginx:nginx:/etc/nginx")).Succeeded());
            Assert.Matches(@"^lrwxrwxrwx 0 0 11 \S+Z access\.log -> /dev/stdout \(overlay\)\n$", (await FilesAsync(nacelle, "stat", "nginx:nginx:/var/log/nginx/access.log")).Succeeded());
            await RefusedAsync(nacelle, ["cat", "nginx:nginx:/var/log/nginx/access.log"], "files: /var/log/nginx/access.log: is on a file system of type proc, where nothing is opened");
            await RefusedAsync(nacelle, ["cat", "nginx:shell:/none"], "files: /none: no such file or directory");
            await RefusedAsync(nacelle, ["cat", "nginx:nginx:/etc"], "files: /etc: is a directory");
            await RefusedAsync(nacelle, ["ls", "nginx:/"], "files: a container name must be specified for pod nginx, choose one of: [nginx shell]");
            await RefusedAsync(nacelle, ["ls", "nginx:none:/"], "files: container none is not valid for pod nginx");
            await RefusedAsync(nacelle, ["ls", "none:/"], "files: pods \"none\" not found");
            await RefusedAsync(nacelle, ["ls", "-n", "elsewhere", "nginx:/"], "files: pods \"nginx\" not found");
        },
        Cancellation);

    [Fact]
    public Task Files_ContainerWithoutAShell_AreReadAndCopied() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await nacelle.Kubectl.RunAsync("apply -f -", Cancellation, Distroless);
            await nacelle.Kubectl.RunAsync("wait --for=condition=Ready pod/distroless --timeout=60s", Cancellation);
            Assert.NotEqual(0, (await nacelle.Kubectl.TryAsync(["exec", "distroless", "--", "sh", "-c", "true"], Cancellation)).ExitCode);
            var copy = Path.Combine(nacelle.Layout.Directory, "copy");

            Assert.Equal("greeting = hello\n", (await FilesAsync(nacelle, "cat", "distroless:/etc/settings")).Succeeded());
            Assert.Matches(@"(?m)^drwxrwxrwx 0 0 +\d+ \S+Z data \(\S+\)$", (await FilesAsync(nacelle, "ls", "distroless::/")).Succeeded());
            (await FilesAsync(nacelle, "cp", "distroless:main:/srv/settings", copy)).Succeeded();
            Assert.Equal("greeting = hello\n", await File.ReadAllTextAsync(copy, Cancellation));
            var whole = await FilesAsync(nacelle, "cp", "distroless:/", copy + ".tree");
            Assert.Equal((1, ""), (whole.ExitCode, whole.Output));
            Assert.Contains("nacelle: files cp: /proc: is on a file system of type proc, left out\n", whole.Errors);
            Assert.Equal("greeting = hello\n", await File.ReadAllTextAsync(copy + ".tree/srv/settings", Cancellation));
            Assert.False(Directory.Exists(copy + ".tree/proc"));
        },
        Cancellation);

    [Fact]
    public Task Files_ContainerThatHasEnded_AreRefusedInOneLine() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await nacelle.Kubectl.RunAsync("apply -f -", Cancellation, Ended);
            await nacelle.Kubectl.RunAsync("wait --for=jsonpath={.status.phase}=Succeeded pod/ended --timeout=60s", Cancellation);

            await RefusedAsync(nacelle, ["cat", "ended:/etc/passwd"], "files: container main in pod ended has no running process, and its files can't be reached");
        },
        Cancellation);

    [Fact]
    public Task Files_PodInTheHostsProcessNamespace_AreTheContainersOwn() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await nacelle.Kubectl.RunAsync("apply -f -", Cancellation, HostPid);
            await nacelle.Kubectl.RunAsync("wait --for=condition=Ready pod/host --timeout=60s", Cancellation);

            Assert.Equal("of the container\n", (await FilesAsync(nacelle, "cat", "host:/mine")).Succeeded());
            await RefusedAsync(nacelle, ["cat", "host:/proc/1/root/etc/hostname"], "files: /proc/1/root/etc/hostname: is on a file system of type proc, where nothing is opened");
            await RefusedAsync(nacelle, ["stat", $"host:{nacelle.Layout.Kubeconfig}"], $"files: {nacelle.Layout.Kubeconfig}: no such file or directory");
        },
        Cancellation);

    [Fact]
    public Task Files_HostileTree_IsListedEscapedAndCopiedWithoutFollowingAnything() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await ApplyHostileAsync(nacelle);
            var copy = Path.Combine(nacelle.Layout.Directory, "copy");

            var list = (await FilesAsync(nacelle, "ls", "hostile:/tree")).Succeeded();
            Assert.Contains(@" clear\x1b[2J" + "\n", list);
            Assert.Contains(@" not\xfftext" + "\n", list);
            Assert.DoesNotContain("\u001b", list);
            var json = JsonNode.Parse((await FilesAsync(nacelle, "ls", "-o", "json", "hostile:/tree")).Succeeded())!;
            Assert.Contains(json["items"]!.AsArray(), item => (string?)item!["rawName"] == Convert.ToBase64String([.. "not"u8, 0xFF, .. "text"u8]));
            var cut = await FilesAsync(nacelle, "ls", "--limit", "2", "hostile:/tree");
            Assert.Equal((1, 2, "nacelle: files ls: cut after 2 entries (--limit)\n"), (cut.ExitCode, cut.Output.Count(c => c == '\n'), cut.Errors));
            Assert.Equal(list.Count(c => c == '\n'), (await FilesAsync(nacelle, "ls", "--limit", "0", "hostile:/tree")).Succeeded().Count(c => c == '\n'));
            await RefusedAsync(nacelle, ["cat", "hostile:/tree/fifo"], "files: /tree/fifo: is a fifo, which is never opened");
            await RefusedAsync(nacelle, ["cat", "hostile:/tree/loop"], "files: /tree/loop: more than 40 symbolic links");

            var result = await FilesAsync(nacelle, "cp", "hostile:/tree", copy);

            Assert.Equal((1, "nacelle: files cp: /tree/fifo: FIFO, left out\n"), (result.ExitCode, result.Errors));
            Assert.Equal("/etc/hostname", new FileInfo($"{copy}/absolute").LinkTarget);
            Assert.Equal("/proc/1/root", new FileInfo($"{copy}/magic").LinkTarget);
            Assert.Equal("content\n", await File.ReadAllTextAsync($"{copy}/sub/file", Cancellation));
            Assert.False(File.GetUnixFileMode($"{copy}/sub/file").HasFlag(UnixFileMode.SetUser));
            // No .NET call takes that name, so a shell looks, and takes the copy away.
            (await Command.RunAsync("/bin/sh", ["-c", "test -f \"$0/$(printf 'not\\377text')\" && rm -r \"$0\"", copy], Cancellation)).Succeeded();
            await RefusedAsync(nacelle, ["cp", "--max-bytes", "1000", "hostile:/big", copy + ".big"], "files cp: more than 1000 bytes (--max-bytes); nothing is copied");
            Assert.Empty(Directory.GetFileSystemEntries(nacelle.Layout.Directory, ".nacelle-*"));
        },
        Cancellation);

    [Fact]
    public Task Cat_OneGibibyte_ComesWholeThroughAServerThatStaysSmall() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await ApplyHostileAsync(nacelle);
            _ = await TakePeakAsync(nacelle);
            var before = await TakePeakAsync(nacelle);

            var counted = (await ShellAsync(nacelle, "\"$0\" files cat --run-dir \"$1\" --max-bytes 0 hostile:/big | wc -c")).Succeeded();

            Assert.Equal($"{1L << 30}\n", counted);
            Assert.InRange(await TakePeakAsync(nacelle) - before, 0, 64 << 20);
            var cut = await ShellAsync(nacelle, "\"$0\" files cat --run-dir \"$1\" --max-bytes 1000 hostile:/big >\"$2\"; code=$?; wc -c <\"$2\"; exit $code");
            Assert.Equal((1, "1000\n", "nacelle: files cat: cut after 1000 bytes (--max-bytes)\n"), (cut.ExitCode, cut.Output, cut.Errors));
        },
        Cancellation);

    [Fact]
    public Task Cat_ReaderThatLeaves_EndsWithoutAWord() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await ApplyHostileAsync(nacelle);

            var result = await ShellAsync(nacelle, "\"$0\" files cat --run-dir \"$1\" --max-bytes 0 hostile:/big | head -c 1 | wc -c");

            Assert.Equal((0, "1\n", ""), (result.ExitCode, result.Output, result.Errors));
        },
        Cancellation);

    [Fact]
    public Task Cat_FileTruncatedUnderTheCopy_SaysThatItIsCut() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await ApplyHostileAsync(nacelle);
            var gate = Path.Combine(nacelle.Layout.Directory, "gate");

            // The reader takes the beginning, and the rest only when the file has been emptied.
            var copying = ShellAsync(
                nacelle, "mkfifo \"$2\"; \"$0\" files cat --run-dir \"$1\" --max-bytes 0 hostile:/big | { head -c 1 >/dev/null; : >\"$2.begun\"; cat \"$2\" - >/dev/null; }");
            await Eventually.GetAsync(_ => Task.FromResult(File.Exists(gate + ".begun")), begun => begun, "the copy under way", TimeSpan.FromSeconds(30), Cancellation);
            await nacelle.Kubectl.RunAsync("exec hostile -- truncate -s 0 /big", Cancellation);
            await File.WriteAllTextAsync(gate, "", Cancellation);
            var result = await copying;

            Assert.Matches(@"^nacelle: files: cut after \d+ bytes: the file has become shorter meanwhile, or the server went away\n$", result.Errors);
        },
        Cancellation);

    [Fact]
    public Task Cp_Interrupted_LeavesNothing() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await ApplyHostileAsync(nacelle);
            await nacelle.Kubectl.RunAsync("exec hostile -- truncate -s 100G /big", Cancellation);

            var result = await ShellAsync(
                nacelle,
                "mkdir \"$2\"; \"$0\" files cp --run-dir \"$1\" --max-bytes 0 hostile:/big \"$2\" & until [ -n \"$(ls -A \"$2\")\" ]; do kill -0 $! || break; done; kill -TERM $!; wait $!; code=$?; ls -A \"$2\"; exit $code");

            Assert.Equal((1, "", "nacelle: files cp: interrupted; nothing is copied\n"), (result.ExitCode, result.Output, result.Errors));
        },
        Cancellation);

    private static async Task ApplyHostileAsync(NacelleInstance nacelle)
    {
        await nacelle.Kubectl.RunAsync("apply -f -", Cancellation, Hostile);
        await nacelle.Kubectl.RunAsync("wait --for=condition=Ready pod/hostile --timeout=60s", Cancellation);
        await Eventually.GetAsync(
            token => nacelle.Kubectl.TryAsync(["exec", "hostile", "--", "test", "-f", "/big"], token), result => result.ExitCode == 0, "the hostile tree", TimeSpan.FromSeconds(30), Cancellation);
    }

    private static Task<CommandResult> FilesAsync(NacelleInstance nacelle, params string[] arguments) =>
        NacelleInstance.NacelleAsync(["files", arguments[0], "--run-dir", nacelle.Layout.RunDirectory, .. arguments[1..]], Cancellation);

    private static async Task RefusedAsync(NacelleInstance nacelle, string[] arguments, string message)
    {
        var result = await FilesAsync(nacelle, arguments);
        Assert.Equal((1, "", $"nacelle: {message}\n"), (result.ExitCode, result.Output, result.Errors));
    }

    /// <summary>Runs a line of shell: <c>$0</c> is nacelle, <c>$1</c> the instance's run directory, <c>$2</c> a path for the line's own use.</summary>
    private static Task<CommandResult> ShellAsync(NacelleInstance nacelle, string line) => Command.RunAsync(
        "/bin/sh", ["-c", line, NacelleProcess.ExecutablePath, nacelle.Layout.RunDirectory, Path.Combine(nacelle.Layout.Directory, "gate")], Cancellation);

    /// <summary>The most memory that nacelle had resident since the last call, in bytes; the next peak begins now (proc(5), <c>clear_refs</c>).</summary>
    private static async Task<long> TakePeakAsync(NacelleInstance nacelle)
    {
        var status = await File.ReadAllLinesAsync($"/proc/{nacelle.Process.Pid}/status", Cancellation);
        var peak = status.First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2];
        await File.WriteAllTextAsync($"/proc/{nacelle.Process.Pid}/clear_refs", "5", Cancellation);
        return long.Parse(peak, CultureInfo.InvariantCulture) << 10;
    }
}
