using Nacelle.EndToEndTests.Rig;
using Xunit;

namespace Nacelle.EndToEndTests.Inspect;

/// <summary>Processes as any kubectl reads them.</summary>
public sealed class ProcessReadTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Get_EachKubectl_ShowsTheProcessesOfThreeKindsOfPods() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await ProcessPods.ApplyAsync(nacelle, ProcessPods.Three, Cancellation);
            foreach (var binary in KubectlBinary.All)
            {
                await ReadAsync(nacelle.KubectlOf(binary));
            }

            Assert.DoesNotContain(ProcessPods.Secret, await nacelle.ReadLogAsync());
        },
        Cancellation);

    private static async Task ReadAsync(Kubectl kubectl)
    {
        List<string> texts = [];
        async Task<string> Run(string words)
        {
            var text = await kubectl.RunAsync(words, Cancellation);
            texts.Add(text);
            return text;
        }

        var processes = await ProcessPods.ListAsync(kubectl, Cancellation);
        var host = ProcessPods.NameOf(ProcessPods.Find(processes, "host", "app", "sh -c"));
        var sandbox = ProcessPods.NameOf(ProcessPods.Find(processes, "host", "", "/pause"));
        Assert.Superset(
            new HashSet<string> { "nginx::1", "apart::1", "apart:one:1", "apart:two:1", "apart:two:2", host, sandbox }, processes.Keys.ToHashSet());
        Assert.Equal(11, processes.Count);
        var worker = ProcessPods.Find(processes, "nginx", "nginx", "nginx: worker process");
        var master = ProcessPods.Find(processes, "nginx", "nginx", "nginx: master process");
        Assert.Equal(["nginx: worker process"], worker["status"]!["command"]!.AsArray().Select(a => (string?)a));
        Assert.Equal((int?)master["status"]!["pid"], (int?)worker["status"]!["parentPID"]);
        Assert.Equal((int?)processes[host]["status"]!["hostPID"], (int?)processes[host]["status"]!["pid"]);

        // The same rows under each of its names, in the order of the names.
        var rows = await Run("get processes");
        Assert.Matches(@"(?m)^NAME +POD +CONTAINER +PID +PPID +USER +STATE +AGE +COMMAND$", rows);
        Assert.Matches(@"(?m)^apart:two:2 +apart +two +2 +1 +root +Sleeping +\S+ +sleep 2222$", rows);
        Assert.Matches(@"(?m)^nginx::1 +nginx +1 +0 +0 +Sleeping +\S+ +/pause$", rows);
        Assert.Matches(@"(?m)^nginx:nginx:\d+ +nginx +nginx +\d+ +\d+ +nginx +Sleeping +\S+ +nginx: worker process$", rows);
        Assert.Equal(Names(rows), Names(await Run("get ps")));
        Assert.Equal(Names(rows), Names(await Run("get proc")));
        Assert.Equal(Names(rows), Names(await Run("get process")));
        Assert.Equal(Names(rows), Names(await Run("get processes --chunk-size=2")));
        Assert.Equal(Names(rows).Select(name => "process.inspect.nacelle.dev/" + name), Lines(await Run("get processes -o name")));
        Assert.Equal(processes.Keys.Order(), Names(rows).Order());
        Assert.Matches(@"(?m)^default +apart:one:1 ", await Run("get processes -A"));

        var wide = await Run("get processes -o wide");
        Assert.Matches(@"HOST-PID +THREADS +RSS +CPU +SECCOMP +CAPABILITIES +NO-NEW-PRIVS +ORIGIN", wide);
        Assert.Matches(@"(?m)^nginx:shell:\d+ .* \d+ +1 +\d+Ki +\d\.\d\ds +Disabled +default\+SYS_PTRACE +false +Main$", wide);
        Assert.Matches(@"(?m)^nginx::1 .* none +true +Sandbox$", wide);

        Assert.Equal(["apart::1", "apart:one:1", "apart:two:1", "apart:two:2"], Names(await Run("get ps -l app=apart")));
        Assert.Equal(["apart:one:1"], Names(await Run("get ps --field-selector metadata.name=apart:one:1")));
        Assert.Equal(["apart:two:1", "apart:two:2"], Names(await Run("get ps --field-selector status.podName=apart,status.containerName=two")));
        Assert.Equal([ProcessPods.NameOf(worker)], Names(await Run("get ps --field-selector status.user=nginx")));
        Assert.Equal(Names(rows).Length, Names(await Run("get ps --field-selector status.state!=Zombie")).Length);
        Assert.Contains("field label not supported: status.pid", (await kubectl.TryAsync(["get", "ps", "--field-selector", "status.pid=1"], Cancellation)).Errors);

        Assert.Contains("uid: " + (string?)worker["metadata"]!["uid"], await Run($"get process {ProcessPods.NameOf(worker)} -o yaml"));
        Assert.Matches(@"(?i)parent pid: +1\n", await Run("describe process apart:two:2"));
        Assert.Contains("podName\t<string>", await Run("explain processes.status"));
        Assert.Matches(@"(?m)^processes +proc,ps +inspect\.nacelle\.dev/v1alpha1 +true +Process$", await Run("api-resources"));
        Assert.DoesNotMatch(@"(?m)^pods .*inspect", await Run("api-resources"));
        Assert.Contains("pod/nginx", await Run("get pods -o name"));
        Assert.Contains("not found", (await kubectl.TryAsync(["get", "ps", "nginx:nginx:99999"], Cancellation)).Errors);
        texts.Add(await Run("get processes -o json"));
        texts.Add(await Run("get events"));
        Assert.DoesNotContain(texts, text => text.Contains(ProcessPods.Secret, StringComparison.Ordinal));
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string[] Names(string table) => [.. Lines(table).Skip(1).Select(line => line.Split(' ')[0])];
}
