using System.Text.Json.Nodes;
using Nacelle.EndToEndTests.Inspect;
using Nacelle.EndToEndTests.Rig;
using Xunit;

namespace Nacelle.EndToEndTests.Health;

/// <summary>What is wrong with a Pod's processes comes to its events and its condition by itself; looked at each ten seconds.</summary>
public sealed class ProcessHealthTests
{
    private const string Condition = "inspect.nacelle.dev/ProcessesHealthy";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    // What was wrong must be gone for a minute.
    private static readonly TimeSpan RecoveryDeadline = TimeSpan.FromMinutes(3);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Pod_ZombiesOrphansAndALimit_AreToldOnceAndKeptByARestart() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await nacelle.Kubectl.RunAsync(
                "apply -f -",
                Cancellation,
                """
                apiVersion: v1
                kind: Pod
                metadata: {name: ill}
                spec:
                  shareProcessNamespace: true
                  terminationGracePeriodSeconds: 1
                  containers:
                  - {name: careless, image: busybox, imagePullPolicy: IfNotPresent, command: [sh, -c, 'true & true & exec sleep 1000000']}
                  - {name: parent, image: busybox, imagePullPolicy: IfNotPresent, command: [sh, -c, '(sleep 5555 &); exec sleep 1000000']}
                  - {name: crowded, image: busybox, imagePullPolicy: IfNotPresent, command: [sh, -c, 'sleep 1000001 & sleep 1000002 & sleep 1000003 & wait']}

                """);
            await nacelle.Kubectl.RunAsync("wait --for=condition=Ready pod/ill --timeout=60s", Cancellation);
            Assert.Equal("", await ConditionAsync(nacelle, Cancellation));
            Limit(nacelle, "sleep 1000001", 5);

            Assert.Equal(
                "Zombie Zombie",
                await nacelle.Kubectl.RunAsync("get processes --field-selector status.containerName=careless,status.state=Zombie -o jsonpath={.items[*].status.state}", Cancellation));
            var tree = (await NacelleInstance.NacelleAsync(["tree", "ill", "--run-dir", nacelle.Layout.RunDirectory], Cancellation)).Succeeded();
            Assert.Equal(2, tree.Split('\n').Count(line => line.Contains("careless", StringComparison.Ordinal) && line.EndsWith("(ended, not reaped)", StringComparison.Ordinal)));
            var condition = await Eventually.GetAsync(
                token => ConditionAsync(nacelle, token),
                text => text.StartsWith("False PIDLimitNear", StringComparison.Ordinal) && text.Contains("does not reap", StringComparison.Ordinal),
                "a condition that tells of the limit and of the zombies",
                Deadline,
                Cancellation);
            Assert.Contains("(sleep) of container careless does not reap its children: 2 ended processes, such as PID ", condition);
            Assert.Contains("container crowded has 4 of the 5 processes that it may have", condition);
            var events = await Eventually.GetAsync(
                token => Pod.EventsAsync(nacelle.Kubectl, "ill", token),
                all => all.Any(line => line.Contains("OrphansAdopted", StringComparison.Ordinal)),
                "an event that tells of the orphan",
                Deadline,
                Cancellation);
            Assert.Single(events, line => line.StartsWith("Normal OrphansAdopted /pause adopted 1 process of container parent whose parent ended", StringComparison.Ordinal));
            Assert.Single(events, line => line.StartsWith("Warning ZombiesNotReaped ", StringComparison.Ordinal));
            Assert.Single(events, line => line.StartsWith("Warning PIDLimitNear ", StringComparison.Ordinal));

            // Another status of the Pod does not take it away, nor does another kubelet.
            await nacelle.KillAndRestartAsync(Cancellation);
            await nacelle.Kubectl.RunAsync("exec ill -c parent -- kill 1", Cancellation);
            await Eventually.GetAsync(
                token => nacelle.Kubectl.RunAsync("get pod ill -o jsonpath={.status.containerStatuses[*].restartCount}", token),
                counts => counts == "1 1 1",
                "the containers, started again",
                Deadline,
                Cancellation);
            Assert.Equal(condition, await ConditionAsync(nacelle, Cancellation));
        },
        Cancellation);

    [Fact]
    public Task Pod_ForksFailAndTheZombiesGo_IsToldAndTheConditionTurnsTrueAgain() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await nacelle.Kubectl.RunAsync(
                "apply -f -",
                Cancellation,
                """
                apiVersion: v1
                kind: Pod
                metadata: {name: ill}
                spec:
                  shareProcessNamespace: true
                  terminationGracePeriodSeconds: 1
                  containers:
                  - name: careless
                    image: busybox
                    imagePullPolicy: IfNotPresent
                    command: [sh, -c, 'sh -c "true & true & exec sleep 5555" & wait; exec sleep 1000000']
                  - name: crowded
                    image: busybox
                    imagePullPolicy: IfNotPresent
                    command: [sh, -c, 'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do sleep 2000000 & done; sleep 1000001 & wait']

                """);
            await nacelle.Kubectl.RunAsync("wait --for=condition=Ready pod/ill --timeout=60s", Cancellation);
            var before = await Eventually.GetAsync(
                token => ProcessPods.ListAsync(nacelle.Kubectl, token),
                all => all.Values.Count(IsZombie) == 2 && all.Values.Count(process => IsOf(process, "crowded")) == 16
                    && all.Values.Any(process => process["status"]!["command"] is JsonArray and [_, JsonValue seconds] && (string?)seconds == "5555"),
                "two zombies, their parent and a crowd of sixteen",
                Deadline,
                Cancellation);
            Limit(nacelle, "sleep 1000001", 20);
            Limit(nacelle, "sleep 1000001", 26, ofPod: true);

            // A fork that fails is told when it failed since the look before, so there must have been one.
            await UntilConditionAsync(nacelle, text => text.StartsWith("False PIDLimitNear ", StringComparison.Ordinal), Deadline);
            await nacelle.Kubectl.TryAsync(
                ["exec", "ill", "-c", "crowded", "--", "sh", "-c", "for i in 1 2 3 4 5 6 7 8; do sleep 0 & done; wait"], Cancellation);
            var condition = await UntilConditionAsync(nacelle, text => text.StartsWith("False PIDLimitReached ", StringComparison.Ordinal), Deadline);
            Assert.Matches("container crowded reached its limit of 20 processes: [0-9]+ forks? failed", condition);
            Assert.Contains("container crowded has 16 of the 20 processes that it may have", condition);
            Assert.Matches("the Pod has [0-9]+ of the 26 processes that it may have", condition);
            var events = await Pod.EventsAsync(nacelle.Kubectl, "ill", Cancellation);
            Assert.Single(events, line => line.StartsWith("Warning PIDLimitReached container crowded reached its limit of 20 processes: ", StringComparison.Ordinal));
            Assert.Single(events, line => line.StartsWith("Warning PIDLimitNear the Pod has ", StringComparison.Ordinal));

            // Their parent's end gives the zombies to /pause, which reaps; more room ends the rest.
            await UntilConditionAsync(nacelle, text => text.Contains("does not reap its children: 2 ended processes", StringComparison.Ordinal), Deadline);
            Limit(nacelle, "sleep 1000001", 1000);
            Limit(nacelle, "sleep 1000001", 1000, ofPod: true);
            await nacelle.Kubectl.RunAsync($"delete process {ProcessPods.NameOf(ProcessPods.Find(before, "ill", "careless", "sleep 5555"))}", Cancellation);
            Assert.Equal("True Recovered ", await UntilConditionAsync(nacelle, text => text.StartsWith("True ", StringComparison.Ordinal), RecoveryDeadline));
            Assert.DoesNotContain((await ProcessPods.ListAsync(nacelle.Kubectl, Cancellation)).Values, IsZombie);
            await nacelle.Kubectl.RunAsync($"wait --for=condition={Condition} pod/ill --timeout=10s", Cancellation);
        },
        Cancellation);

    private static bool IsZombie(JsonNode process) => (string?)process["status"]!["state"] == "Zombie";

    private static bool IsOf(JsonNode process, string container) => (string?)process["status"]!["containerName"] == container;

    private static Task<string> UntilConditionAsync(NacelleInstance nacelle, Predicate<string> isRight, TimeSpan deadline) =>
        Eventually.GetAsync(token => ConditionAsync(nacelle, token), isRight, "the condition", deadline, Cancellation);

    /// <summary>Status, reason and message; empty where there is no such condition.</summary>
    private static async Task<string> ConditionAsync(NacelleInstance nacelle, CancellationToken cancellationToken)
    {
        var conditions = (await nacelle.Kubectl.GetAsync("pod ill", cancellationToken))["status"]!["conditions"]!.AsArray();
        return conditions.FirstOrDefault(c => (string?)c!["type"] == Condition) is JsonObject found ? $"{found["status"]} {found["reason"]} {found["message"]}" : "";
    }

    /// <summary>Sets the limit of the control group in which a command runs, or of its Pod's, which is around it.</summary>
    private static void Limit(NacelleInstance nacelle, string command, int processes, bool ofPod = false)
    {
        var line = LeakCheck.Processes(nacelle.Layout).First(l => l.EndsWith(command, StringComparison.Ordinal));
        var pid = int.Parse(line["process ".Length..line.IndexOf(':', StringComparison.Ordinal)], System.Globalization.CultureInfo.InvariantCulture);
        var group = File.ReadAllLines($"/proc/{pid}/cgroup").Select(text => text.Split(':', 3)).ToDictionary(parts => parts[1], parts => parts[2]);
        var directory = group.TryGetValue("pids", out var path) ? $"/sys/fs/cgroup/pids{path}" : $"/sys/fs/cgroup{group[""]}";
        File.WriteAllText($"{(ofPod ? Path.GetDirectoryName(directory) : directory)}/pids.max", $"{processes}");
    }
}
