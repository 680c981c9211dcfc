using System.Net;
using System.Net.Sockets;
using Nacelle.EndToEndTests.Rig;
using Nacelle.EndToEndTests.Terminals;
using Xunit;

namespace Nacelle.EndToEndTests.Commands;

/// <summary>The everyday commands of kubectl beside the page's, each on a running Pod.</summary>
public sealed class KubectlCommandTests
{
    private const string Web = """
        apiVersion: v1
        kind: Pod
        metadata: {name: web, labels: {app: web}}
        spec:
          terminationGracePeriodSeconds: 1
          containers:
          - name: nginx
            image: nginx
            imagePullPolicy: IfNotPresent
            ports: [{containerPort: 80}]
          - name: tool
            image: busybox
            imagePullPolicy: IfNotPresent
            command: [sh, -c, "echo first; trap 'exit 0' TERM; sleep 1000000 & wait"]
        """;

    private static readonly string[] DescriptionParts =
        ["\nNamespace:", "Successfully assigned default/web to", "Container started", "QoS Class:"];

    private static readonly string[] OpenPaths = ["livez", "readyz", "healthz"];

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Reads_OfARunningPod_ShowWhatAPersonExpects() => WithWebAsync(async kubectl =>
    {
        var wide = await kubectl.RunAsync("get pods -o wide", Cancellation);
        Assert.Matches(@"NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES", wide);
        Assert.Matches(@"web +2/2 +Running +0 +\d+s +10\.\d+\.\d+\.\d+ +\S+ +<none> +<none>", wide);
        Assert.Contains("\n  name: web\n", await kubectl.RunAsync("get pod web -o yaml", Cancellation));
        Assert.Equal("Running", await kubectl.RunAsync("get pod web -o jsonpath={.status.phase}", Cancellation));
        Assert.Equal("pod/web\n", await kubectl.RunAsync("get pods -l app=web -o name", Cancellation));
        Assert.Equal("", (await kubectl.TryAsync(["get", "pods", "-l", "app=other"], Cancellation)).Output);

        var description = await kubectl.RunAsync("describe pod web", Cancellation);
        Assert.Matches(@"^Name: +web\n", description);
        Assert.Matches(@"\nStatus: +Running\n", description);
        foreach (var expected in DescriptionParts)
        {
            Assert.Contains(expected, description);
        }

        Assert.Matches(@"\S+ +Ready", await kubectl.RunAsync("get nodes", Cancellation));
        Assert.Contains("Scheduled", await kubectl.RunAsync("get events", Cancellation));
        Assert.Contains("default", await kubectl.RunAsync("get namespaces", Cancellation));
        Assert.Contains("pods", await kubectl.RunAsync("api-resources", Cancellation));
        Assert.Contains("FIELD", (await kubectl.RunAsync("explain pod.spec.shareProcessNamespace", Cancellation)).ToUpperInvariant());
    });

    [Fact]
    public Task Writes_LabelAnnotateApplyAgain_ChangeTheObject() => WithWebAsync(async kubectl =>
    {
        Assert.Equal("pod/web labeled\n", await kubectl.RunAsync("label pod web tier=front", Cancellation));
        Assert.Equal("pod/web\n", await kubectl.RunAsync("get pods -l tier=front -o name", Cancellation));
        Assert.Equal("pod/web annotated\n", await kubectl.RunAsync("annotate pod web note=here", Cancellation));
        Assert.Equal("pod/web unchanged\n", await kubectl.RunAsync("apply -f -", Cancellation, Web));
        Assert.Equal(
            "pod/web configured\n",
            await kubectl.RunAsync("apply -f -", Cancellation, Web.Replace("{app: web}", "{app: web, more: yes-please}", StringComparison.Ordinal)));
        Assert.Equal("front,yes-please", await kubectl.RunAsync("get pod web -o jsonpath={.metadata.labels.tier},{.metadata.labels.more}", Cancellation));
    });

    [Fact]
    public Task Writes_CreatePatchReplaceDelete_OfOtherKinds_ChangeTheObjects() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            var kubectl = nacelle.Kubectl;
            Assert.Equal("namespace/team created\n", await kubectl.RunAsync("create namespace team", Cancellation));
            Assert.Equal("serviceaccount/robot created\n", await kubectl.RunAsync("create serviceaccount robot -n team", Cancellation));
            Assert.Equal("secret/keys created\n", await kubectl.RunAsync("create secret generic keys --from-literal=a=b -n team", Cancellation));
            Assert.Equal("Yg==", await kubectl.RunAsync("get secret keys -n team -o jsonpath={.data.a}", Cancellation));
            Assert.Equal("configmap/facts created\n", await kubectl.RunAsync("create configmap facts --from-literal=a=1 --from-literal=b=2 -n team", Cancellation));

            string[] patch = ["patch", "configmap", "facts", "-n", "team"];
            (await kubectl.TryAsync([.. patch, "--type=json", "-p", """[{"op":"replace","path":"/data/a","value":"json"}]"""], Cancellation)).Succeeded();
            (await kubectl.TryAsync([.. patch, "--type=merge", "-p", """{"data":{"b":null,"c":"merge"}}"""], Cancellation)).Succeeded();
            (await kubectl.TryAsync([.. patch, "-p", """{"data":{"d":"strategic"}}"""], Cancellation)).Succeeded();
            Assert.Equal("json,,merge,strategic", await kubectl.RunAsync("get configmap facts -n team -o jsonpath={.data.a},{.data.b},{.data.c},{.data.d}", Cancellation));

            var document = await kubectl.RunAsync("get configmap facts -n team -o yaml", Cancellation);
            Assert.Equal(
                "configmap/facts replaced\n", await kubectl.RunAsync("replace -f -", Cancellation, document.Replace("merge", "replaced", StringComparison.Ordinal)));
            // Its resourceVersion is the one before: somebody else was faster.
            Assert.Contains("the object has been modified", (await kubectl.TryAsync(["replace", "-f", "-"], Cancellation, document)).Errors);
            Assert.Equal("replaced", await kubectl.RunAsync("get configmap facts -n team -o jsonpath={.data.c}", Cancellation));

            Assert.Equal("configmap \"facts\" deleted from team namespace\n", await kubectl.RunAsync("delete configmap facts -n team", Cancellation));
            Assert.Contains("NotFound", (await kubectl.TryAsync(["get", "configmap", "facts", "-n", "team"], Cancellation)).Errors);
            Assert.Contains("the server doesn't have a resource type", (await kubectl.TryAsync(["get", "deployments"], Cancellation)).Errors);
        },
        Cancellation);

    [Fact]
    public Task Logs_OfAContainerThatRestarted_ShowBothLives() => WithWebAsync(async kubectl =>
    {
        Assert.Equal("first\n", await kubectl.RunAsync("logs web -c tool", Cancellation));
        await using var following = kubectl.Open("logs -f web -c tool");
        await following.WaitForTextAsync("first", Deadline, Cancellation);

        // The kernel ends the shell of the exec together with its namespace's first process, before it has ended by itself or after.
        Assert.True((await kubectl.TryAsync(["exec", "web", "-c", "tool", "--", "kill", "1"], Cancellation)).ExitCode is 0 or 137);
        Assert.Equal(0, await following.WaitForExitAsync(Deadline, Cancellation));

        await kubectl.RunAsync("wait --for=jsonpath={.status.containerStatuses[1].restartCount}=1 pod/web --timeout=30s", Cancellation);
        Assert.Equal("first\n", await kubectl.RunAsync("logs -p web -c tool", Cancellation));
    });

    [Fact]
    public Task Copy_IntoAndOutOfAContainer_KeepsTheBytes() => WithWebAsync(async kubectl =>
    {
        var folder = Directory.CreateTempSubdirectory("nacelle-cp-").FullName;
        try
        {
            var bytes = new byte[3_000_000];
            Random.Shared.NextBytes(bytes);
            await File.WriteAllBytesAsync($"{folder}/out", bytes, Cancellation);

            await kubectl.RunAsync($"cp {folder}/out web:/tmp/there -c tool", Cancellation);
            await kubectl.RunAsync($"cp web:/tmp/there {folder}/back -c tool", Cancellation);

            Assert.Equal(bytes, await File.ReadAllBytesAsync($"{folder}/back", Cancellation));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    });

    [Fact]
    public Task Exec_WithPipes_CarriesInputOutputAndTheExitCode() => WithWebAsync(async kubectl =>
    {
        var text = string.Concat(Enumerable.Repeat("0123456789abcdef\n", 20_000));
        var echoed = await kubectl.TryAsync(["exec", "-i", "web", "-c", "tool", "--", "cat"], Cancellation, text);
        Assert.Equal(0, echoed.ExitCode);
        Assert.Equal(text, echoed.Output);

        var failed = await kubectl.TryAsync(["exec", "web", "-c", "tool", "--", "sh", "-c", "echo out; echo err >&2; exit 42"], Cancellation);
        Assert.Equal(42, failed.ExitCode);
        Assert.Equal("out\n", failed.Output);
        Assert.StartsWith("err\n", failed.Errors);
    });

    [Fact]
    public Task PortForward_ToNginx_ServesItsPage() => WithWebAsync(async kubectl =>
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        await using var forwarding = kubectl.Open($"port-forward pod/web {port}:80");
        await forwarding.WaitForTextAsync($"Forwarding from 127.0.0.1:{port} -> 80", Deadline, Cancellation);

        using var client = new HttpClient();
        for (var i = 0; i < 5; i++)
        {
            using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/"), Cancellation);
            Assert.Contains("nginx", answer.Headers.Server.ToString());
        }
    });

    [Fact]
    public Task HostReachesThePod_AtItsAddress() => WithWebAsync(async kubectl =>
    {
        var address = await kubectl.RunAsync("get pod web -o jsonpath={.status.podIP}", Cancellation);
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri($"http://{address}/"), Cancellation);
        Assert.Contains("nginx", answer.Headers.Server.ToString());
    });

    [Fact]
    public Task Run_InteractiveAndRemoved_LeavesNoPod() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await using var terminal = nacelle.Kubectl.Open("run once -it --rm --image=busybox --image-pull-policy=IfNotPresent --restart=Never -- sh");
            var shell = new ShellSession(terminal, "/ #");
            await terminal.WaitForTextAsync("try pressing enter", Deadline, Cancellation);
            await shell.PressEnterForPromptAsync(Cancellation);
            Assert.Equal(["1"], await shell.RunAsync("echo $$", Cancellation));
            terminal.Type("exit\r");

            Assert.Equal(0, await terminal.WaitForExitAsync(Deadline, Cancellation));
            Assert.Contains("pod \"once\" deleted", terminal.Transcript);
            Assert.Equal("", await nacelle.Kubectl.RunAsync("get pods -o name", Cancellation));
        },
        Cancellation);

    [Fact]
    public Task DeleteNamespace_WithPods_EndsThemFirst() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            var kubectl = nacelle.Kubectl;
            Assert.Equal("namespace/work created\n", await kubectl.RunAsync("create namespace work", Cancellation));
            Assert.Equal("configmap/data created\n", await kubectl.RunAsync("-n work create configmap data --from-literal=a=b", Cancellation));
            await Eventually.GetAsync(
                token => kubectl.TryAsync(["-n", "work", "get", "serviceaccount", "default"], token),
                result => result.ExitCode == 0,
                "the namespace's ServiceAccount",
                Deadline,
                Cancellation);
            await kubectl.RunAsync("-n work apply -f -", Cancellation, Web);
            await kubectl.RunAsync("-n work wait --for=condition=Ready pod/web --timeout=60s", Cancellation);

            await kubectl.RunAsync("delete namespace work --timeout=40s", Cancellation);

            Assert.NotEqual(0, (await kubectl.TryAsync(["get", "namespace", "work"], Cancellation)).ExitCode);
            Assert.DoesNotContain(LeakCheck.Processes(nacelle.Layout), process => process.Contains("nginx", StringComparison.Ordinal));
        },
        Cancellation);

    [Fact]
    public Task Anonymous_Requests_AreRefused() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator };
            using var client = new HttpClient(handler) { BaseAddress = new Uri($"https://127.0.0.1:{nacelle.Layout.ApiPort}/") };
            Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(new Uri("api/v1/pods", UriKind.Relative), Cancellation)).StatusCode);
            foreach (var open in OpenPaths)
            {
                Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri(open, UriKind.Relative), Cancellation)).StatusCode);
            }
        },
        Cancellation);

    private static Task WithWebAsync(Func<Kubectl, Task> test) => NacelleInstance.RunAsync(
        async nacelle =>
        {
            await nacelle.Kubectl.RunAsync("apply -f -", Cancellation, Web);
            await nacelle.Kubectl.RunAsync("wait --for=condition=Ready pod/web --timeout=60s", Cancellation);
            await test(nacelle.Kubectl);
        },
        Cancellation);
}
