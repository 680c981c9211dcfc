using System.Net;
using System.Net.Sockets;
using Nacelle.EndToEndTests.Rig;
using Xunit;

namespace Nacelle.EndToEndTests.Inspect;

/// <summary><c>kubectl delete process</c>: TERM, the grace period, KILL.</summary>
public sealed class ProcessDeleteTests
{
    private const string Processes = "/apis/inspect.nacelle.dev/v1alpha1/namespaces/default/processes";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Delete_Processes_EndAsAskedAndTheSandboxStays() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            var kubectl = nacelle.Kubectl;
            await ProcessPods.ApplyAsync(nacelle, ProcessPods.Three, Cancellation);
            var before = await ProcessPods.ListAsync(kubectl, Cancellation);
            var host = ProcessPods.NameOf(ProcessPods.Find(before, "host", "app", "sleep 3333"));
            var shell = ProcessPods.NameOf(ProcessPods.Find(before, "nginx", "shell", "sh"));

            await ForEachKubectlAsync(nacelle);

            // kubectl waits until it is gone; the sleep does not ignore TERM, the shells do.
            Assert.StartsWith($"process.inspect.nacelle.dev \"{host}\" deleted", await kubectl.RunAsync($"delete process {host}", Cancellation));
            await kubectl.RunAsync($"delete process {shell}", Cancellation);
            await EventAsync(kubectl, "nginx", "SIGTERM sent to process 2 (sh) by kubernetes-admin");
            await EventAsync(kubectl, "nginx", "SIGKILL sent to process 2 (sh) by kubernetes-admin after its grace period");
            await kubectl.RunAsync("delete process apart:one:1 --grace-period=1", Cancellation);
            await EventAsync(kubectl, "apart", "SIGKILL sent to process 1 (sleep) by kubernetes-admin after its grace period");
            var again = await ProcessPods.UntilAsync(kubectl, p => p.ContainsKey("apart:one:1"), "the container runs again", Cancellation);
            Assert.NotEqual((string?)before["apart:one:1"]["metadata"]!["uid"], (string?)again["apart:one:1"]["metadata"]!["uid"]);

            // One that was looked at before is not the one that has its name now.
            var stale = await CurlAsync(nacelle, "DELETE", Processes + "/apart:one:1", $$"""{"preconditions":{"uid":"{{before["apart:one:1"]["metadata"]!["uid"]}}"} }""");
            Assert.Contains("\"code\":409", stale);
            Assert.Contains("does not match the UID in record", stale);
            Assert.Contains("\"status\":\"Success\"", await CurlAsync(nacelle, "DELETE", Processes + "/apart:one:1?dryRun=All&gracePeriodSeconds=0", ""));
            Assert.Contains("\"code\": 405", await CurlAsync(nacelle, "DELETE", Processes, ""));
            Assert.Equal(
                (string?)again["apart:one:1"]["metadata"]!["uid"],
                (string?)(await ProcessPods.ListAsync(kubectl, Cancellation))["apart:one:1"]["metadata"]!["uid"]);

            foreach (var (name, consequence) in new[] { ("nginx::1", "the kernel kills every process of the Pod"), ("apart::1", "every container of the Pod is killed") })
            {
                var refused = await kubectl.TryAsync(["delete", "process", name, "--force", "--grace-period=0"], Cancellation);
                Assert.Equal(1, refused.ExitCode);
                Assert.Contains("Error from server (Forbidden)", refused.Errors);
                Assert.Contains(consequence, refused.Errors);
            }

            // Name by name: what may be ended is ended, and what may not is said.
            var sandboxes = before.Where(p => (string?)p.Value["status"]!["origin"] == "Sandbox").ToList();
            var all = await kubectl.TryAsync(["delete", "processes", "--all", "--force", "--grace-period=0"], Cancellation);
            Assert.Equal(1, all.ExitCode);
            Assert.Equal(sandboxes.Count, all.Errors.Split("is forbidden: this is the sandbox's own process").Length - 1);
            Assert.Contains("\"apart:two:1\" force deleted", all.Output);
            var rest = await ProcessPods.ListAsync(kubectl, Cancellation);
            Assert.All(sandboxes, s => Assert.Equal((string?)s.Value["metadata"]!["uid"], (string?)rest[s.Key]["metadata"]!["uid"]));
        },
        Cancellation);

    /// <summary>A kubectl before 1.34 that has found what it deletes gone leaves only when its watch has begun.</summary>
    [Fact]
    public Task Watch_NothingToTell_BeginsAtOnce() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            using var handler = new SocketsHttpHandler
            {
                ConnectCallback = async (_, token) =>
                {
                    var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint($"{nacelle.Layout.RunDirectory}/nacelle.sock"), token);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            };
            using var client = new HttpClient(handler);
            using var response = await client.GetAsync(
                new Uri($"http://nacelle{Processes}?watch=true&fieldSelector=metadata.name%3Dnobody"), HttpCompletionOption.ResponseHeadersRead, Cancellation);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        },
        Cancellation);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Delete_KubeletStartsAgainInTheGracePeriod_KillComesAllTheSame(bool killed) => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await ProcessPods.ApplyAsync(nacelle, ProcessPods.Three, Cancellation);
            var before = await ProcessPods.ListAsync(nacelle.Kubectl, Cancellation);
            var shell = ProcessPods.NameOf(ProcessPods.Find(before, "nginx", "shell", "sh"));
            var uid = (string?)before[shell]["metadata"]!["uid"];
            await nacelle.Kubectl.RunAsync($"delete process {shell} --grace-period=3 --wait=false", Cancellation);

            await (killed ? nacelle.KillAndRestartAsync(Cancellation) : nacelle.StopAndRestartAsync(Cancellation));

            await EventAsync(nacelle.Kubectl, "nginx", "SIGKILL sent to process 2 (sh) by kubernetes-admin after its grace period");
            await ProcessPods.UntilAsync(nacelle.Kubectl, p => p.Values.All(process => (string?)process["metadata"]!["uid"] != uid), "the shell is gone", Cancellation);
            Assert.Empty(Directory.GetFiles(Path.Combine(nacelle.Layout.StateDirectory, "kubelet", "process-kills")));
        },
        Cancellation);

    private static async Task ForEachKubectlAsync(NacelleInstance nacelle)
    {
        foreach (var binary in KubectlBinary.All)
        {
            var kubectl = nacelle.KubectlOf(binary);
            var processes = await ProcessPods.UntilAsync(kubectl, p => p.Keys.Any(IsOfTwo), "a child of the shell", Cancellation);
            var name = processes.Keys.Single(IsOfTwo);

            // The shell starts its next sleep.
            await kubectl.RunAsync($"delete process {name} --force --grace-period=0", Cancellation);
            Assert.DoesNotContain(
                (string?)processes[name]["metadata"]!["uid"], (await ProcessPods.ListAsync(kubectl, Cancellation)).Values.Select(p => (string?)p["metadata"]!["uid"]));
        }
    }

    private static bool IsOfTwo(string name) => name.StartsWith("apart:two:", StringComparison.Ordinal) && name != "apart:two:1";

    private static async Task EventAsync(Kubectl kubectl, string pod, string text) => await Eventually.GetAsync(
        token => Pod.EventsAsync(kubectl, pod, token), events => events.Any(e => e.EndsWith(text, StringComparison.Ordinal)), $"an event '{text}'",
        TimeSpan.FromSeconds(10), Cancellation);

    private static async Task<string> CurlAsync(NacelleInstance nacelle, string method, string path, string body) => (await Command.RunAsync(
        "curl",
        [
            "--silent", "--unix-socket", $"{nacelle.Layout.RunDirectory}/nacelle.sock", "--request", method, "--header", "Content-Type: application/json",
            .. body.Length > 0 ? ["--data", body] : Array.Empty<string>(), "http://nacelle" + path,
        ],
        Cancellation)).Succeeded();
}
