using System.Globalization;
using Nacelle.EndToEndTests.Rig;
using Xunit;

namespace Nacelle.EndToEndTests.Leftovers;

/// <summary>Two hundred Pods that come and go leave the server as large as it was.</summary>
public sealed class GrowthTests
{
    private const int WarmUp = 50;
    private const int Measured = 200;
    private const int AtOnce = 10;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Serve_TwoHundredPodsLater_HoldsNoMoreDescriptorsThreadsAndMemory() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await RunPodsAsync(nacelle, WarmUp);
            var before = await SettledAsync(nacelle.Process.Pid);

            await RunPodsAsync(nacelle, Measured);

            // The thread pool gives a thread back when it has been idle for twenty seconds.
            var after = await SettledAsync(nacelle.Process.Pid);
            for (var i = 0; i < 8 && after.Threads > before.Threads + 5; i++)
            {
                after = await SettledAsync(nacelle.Process.Pid);
            }

            Assert.InRange(after.Descriptors, 0, before.Descriptors + 5);
            Assert.InRange(after.Threads, 0, before.Threads + 5);
            Assert.InRange(after.AnonymousKilobytes, 0, before.AnonymousKilobytes + (8 * 1024));
        },
        Cancellation);

    private static async Task RunPodsAsync(NacelleInstance nacelle, int count)
    {
        for (var done = 0; done < count; done += AtOnce)
        {
            var manifest = string.Join("---\n", Enumerable.Range(done, AtOnce).Select(i => $"""
                apiVersion: v1
                kind: Pod
                metadata:
                  name: pod-{i}
                  labels:
                    round: "yes"
                spec:
                  terminationGracePeriodSeconds: 1
                  restartPolicy: Never
                  containers:
                  - name: main
                    image: busybox
                    imagePullPolicy: IfNotPresent
                    command: ["true"]

                """));
            await nacelle.Kubectl.RunAsync("create -f -", Cancellation, manifest);
            await nacelle.Kubectl.RunAsync("wait --for=jsonpath={.status.phase}=Succeeded pod -l round=yes --timeout=60s", Cancellation);
            await nacelle.Kubectl.RunAsync("delete pod -l round=yes --timeout=60s", Cancellation);
        }
    }

    /// <summary>The smallest of several readings: what is there once nothing goes on.</summary>
    private static async Task<(int Descriptors, int Threads, int AnonymousKilobytes)> SettledAsync(int pid)
    {
        var best = (Descriptors: int.MaxValue, Threads: int.MaxValue, AnonymousKilobytes: int.MaxValue);
        for (var i = 0; i < 10; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), Cancellation);
            var status = (await File.ReadAllLinesAsync($"/proc/{pid}/status", Cancellation)).Select(line => line.Split(':')).ToDictionary(pair => pair[0], pair => pair[1]);
            best = (
                Math.Min(best.Descriptors, Directory.GetFileSystemEntries($"/proc/{pid}/fd").Length),
                Math.Min(best.Threads, Number(status["Threads"])),
                Math.Min(best.AnonymousKilobytes, Number(status["RssAnon"])));
        }

        return best;
    }

    private static int Number(string text) => int.Parse(text.Trim().Split(' ')[0], CultureInfo.InvariantCulture);
}
