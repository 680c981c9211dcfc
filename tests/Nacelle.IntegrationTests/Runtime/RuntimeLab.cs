using System.Diagnostics;
using System.Formats.Tar;
using System.Net;
using System.Net.Sockets;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;
using Nacelle.IntegrationTests.Images;
using Nacelle.Linux.Cgroups;
using Nacelle.Linux.Mounts;
using Nacelle.Runtime;
using Nacelle.Runtime.Images.Registry;
using Nacelle.Runtime.Networking;
using Runtime.V1;
using Xunit;
using CriImages = Runtime.V1.ImageService.ImageServiceClient;
using CriRuntime = Runtime.V1.RuntimeService.RuntimeServiceClient;

namespace Nacelle.IntegrationTests.Runtime;

/// <summary>
/// A real runtime on a socket of its own, with a busybox image from a registry on loopback. Disposing removes every sandbox and
/// checks that no process, mount, namespace, link, cgroup or file is left.
/// </summary>
internal sealed class RuntimeLab : IAsyncDisposable
{
    private static int lastNumber;

    private readonly int number = Interlocked.Increment(ref lastNumber);
    private readonly string directory;
    private readonly CollectedLog log = new();
    private RuntimeHost? host;
    private GrpcChannel? channel;

    private RuntimeLab(TestRegistry registry)
    {
        Registry = registry;

        // Short: a bundle's attach socket has to fit in 107 bytes.
        directory = $"/tmp/nrt{Environment.ProcessId}-{number}";
        CgroupParent = $"/nacelle-test{Environment.ProcessId}-{number}/pod";
        Options = new RuntimeOptions
        {
            SocketPath = $"{directory}/run/r.sock",
            StateDirectory = $"{directory}/state",
            RunDirectory = $"{directory}/run",
            DefaultCgroupParent = CgroupParent,
            Network = new PodNetworkOptions { Bridge = $"nrt{Environment.ProcessId % 10000}n{number}", PodCidr = new IPNetwork(IPAddress.Parse($"10.{150 + (number % 50)}.0.0"), 24) },
        };
        Options = Options with { Images = Options.Images with { Registries = new RegistryOptions { Attempts = 1 } } };
    }

    public RuntimeOptions Options { get; set; }

    public TestRegistry Registry { get; }

    public string CgroupParent { get; }

    public string Directory => directory;

    public string ImageId { get; private set; } = "";

    public CriRuntime Runtime { get; private set; } = null!;

    public CriImages Images { get; private set; } = null!;

    public string Log => log.ToString();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<RuntimeLab> StartAsync(string? imageConfig = null, string? ociRuntime = null)
    {
        var lab = new RuntimeLab(await TestRegistry.StartAsync());
        lab.Options = lab.Options with { RuntimePath = ociRuntime };
        await lab.StartRuntimeAsync();
        lab.ImageId = await lab.PullAsync("busybox", imageConfig ?? """{"Cmd":["sh"],"Env":["PATH=/bin"]}""");
        return lab;
    }

    /// <summary>Serves an image of busybox with this configuration, and pulls it.</summary>
    public async Task<string> PullAsync(string name, string config)
    {
        Registry.Add(name, "latest", new TestImage { Config = config }.With(Busybox()));
        var pulled = await Images.PullImageAsync(
            new PullImageRequest { Image = new ImageSpec { Image = $"{Registry.Domain}/{name}:latest" } }, cancellationToken: Cancellation);
        return pulled.ImageRef;
    }

    public async Task StartRuntimeAsync()
    {
        host = await RuntimeHost.StartAsync(Options, LoggerFactory.Create(builder => builder.AddProvider(log)), Cancellation);
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(Options.SocketPath), token);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions { HttpHandler = handler });
        Runtime = new CriRuntime(channel);
        Images = new CriImages(channel);
    }

    /// <summary>Ends the runtime and leaves what it started; <see cref="StartRuntimeAsync"/> starts the next.</summary>
    public async Task StopRuntimeAsync()
    {
        channel?.Dispose();
        if (host is not null)
        {
            await host.DisposeAsync();
        }

        host = null;
    }

    public PodSandboxConfig SandboxConfig(NamespaceMode pid = NamespaceMode.Pod, string name = "pod") => new()
    {
        Metadata = new PodSandboxMetadata { Name = name, Namespace = "default", Uid = Guid.NewGuid().ToString() },
        Hostname = "lab",
        LogDirectory = $"{directory}/logs/{name}",
        DnsConfig = new DNSConfig { Servers = { "10.0.0.10" }, Searches = { "default.svc.cluster.local" }, Options = { "ndots:5" } },
        Linux = new LinuxPodSandboxConfig
        {
            CgroupParent = CgroupParent,
            SecurityContext = new LinuxSandboxSecurityContext { NamespaceOptions = new NamespaceOption { Pid = pid } },
        },
    };

    public ContainerConfig ContainerConfig(string name, params string[] command) => new()
    {
        Metadata = new ContainerMetadata { Name = name },
        Image = new ImageSpec { Image = ImageId },
        Command = { command },
        LogPath = $"{name}/0.log",
        Linux = new LinuxContainerConfig
        {
            SecurityContext = new LinuxContainerSecurityContext { Seccomp = new SecurityProfile { ProfileType = SecurityProfile.Types.ProfileType.Unconfined } },
        },
    };

    public async Task<string> RunSandboxAsync(PodSandboxConfig config) =>
        (await Runtime.RunPodSandboxAsync(new RunPodSandboxRequest { Config = config }, cancellationToken: Cancellation)).PodSandboxId;

    public async Task<string> CreateAsync(string sandboxId, PodSandboxConfig sandbox, ContainerConfig config)
    {
        config.Linux.SecurityContext.NamespaceOptions ??= sandbox.Linux.SecurityContext.NamespaceOptions.Clone();
        return (await Runtime.CreateContainerAsync(
            new CreateContainerRequest { PodSandboxId = sandboxId, Config = config, SandboxConfig = sandbox }, cancellationToken: Cancellation)).ContainerId;
    }

    public async Task<string> RunAsync(string sandboxId, PodSandboxConfig sandbox, ContainerConfig config)
    {
        var id = await CreateAsync(sandboxId, sandbox, config);
        await Runtime.StartContainerAsync(new StartContainerRequest { ContainerId = id }, cancellationToken: Cancellation);
        return id;
    }

    public async Task<ContainerStatusResponse> StatusAsync(string id) =>
        await Runtime.ContainerStatusAsync(new ContainerStatusRequest { ContainerId = id, Verbose = true }, cancellationToken: Cancellation);

    public async Task<PodSandboxStatusResponse> SandboxStatusAsync(string id) =>
        await Runtime.PodSandboxStatusAsync(new PodSandboxStatusRequest { PodSandboxId = id, Verbose = true }, cancellationToken: Cancellation);

    public async Task<ExecSyncResponse> ExecAsync(string id, params string[] command) =>
        await Runtime.ExecSyncAsync(new ExecSyncRequest { ContainerId = id, Cmd = { command }, Timeout = 20 }, cancellationToken: Cancellation);

    public async Task<string> ShellAsync(string id, string script)
    {
        var result = await ExecAsync(id, "sh", "-c", script);
        Assert.True(result.ExitCode == 0, $"{script}: {result.ExitCode} {result.Stderr.ToStringUtf8()}");
        return result.Stdout.ToStringUtf8();
    }

    public async Task<ContainerStatusResponse> WaitForExitAsync(string id)
    {
        ContainerStatusResponse status = null!;
        await WaitAsync(async () => (status = await StatusAsync(id)).Status.State == ContainerState.ContainerExited, $"container {id} to end");
        return status;
    }

    public async Task WaitAsync(Func<Task<bool>> condition, string what)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30), $"waited in vain for {what}\n{Log}");
            await Task.Delay(5, Cancellation);
        }
    }

    public string ReadLog(string sandboxName, string container) => File.ReadAllText($"{directory}/logs/{sandboxName}/{container}/0.log");

    public async ValueTask DisposeAsync()
    {
        if (host is null)
        {
            await StartRuntimeAsync();
        }

        if (host is not null)
        {
            var sandboxes = await Runtime.ListPodSandboxAsync(new ListPodSandboxRequest());
            foreach (var sandbox in sandboxes.Items)
            {
                await Runtime.StopPodSandboxAsync(new StopPodSandboxRequest { PodSandboxId = sandbox.Id });
                await Runtime.RemovePodSandboxAsync(new RemovePodSandboxRequest { PodSandboxId = sandbox.Id });
            }

            await StopRuntimeAsync();
        }

        await Registry.DisposeAsync();
        var left = await FindLeftoversAsync();
        await RemoveBridgeAsync();
        System.IO.Directory.Delete(directory, recursive: true);
        new CgroupCleaner(CgroupParent).Remove();
        Assert.True(left.Count == 0, $"left behind: {string.Join(", ", left)}\n{Log}");
    }

    private static TarEntry[] Busybox()
    {
        var busybox = new PaxTarEntry(TarEntryType.RegularFile, "bin/busybox")
        {
            DataStream = new MemoryStream(File.ReadAllBytes("/bin/busybox")),
            Mode = (UnixFileMode)0x1ED,
        };
        string[] applets = ["sh", "ps", "sleep", "cat", "kill", "ls", "id", "hostname", "env", "true", "touch", "ip", "mount", "head", "seq", "pwd", "grep", "test", "stat", "tty", "stty", "nc", "df", "echo", "wc", "tail"];
        return
        [
            TestImage.Folder("bin"), busybox, .. applets.Select(name => TestImage.Link($"bin/{name}", "busybox")),
            TestImage.Folder("etc"), TestImage.File("etc/passwd", "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1001:app:/home/app:/bin/sh\n"),
            TestImage.File("etc/group", "root:x:0:\napp:x:1001:\nextra:x:2000:app\n"), TestImage.Folder("tmp", 0x3FF), TestImage.Folder("proc"), TestImage.Folder("sys"), TestImage.Folder("dev"),
        ];
    }

    private async Task<List<string>> FindLeftoversAsync()
    {
        var left = new List<string>();
        left.AddRange(MountEntry.ReadAll().Where(mount => mount.MountPoint.StartsWith(directory, StringComparison.Ordinal)).Select(mount => $"mount {mount.MountPoint}"));
        left.AddRange(System.IO.Directory.GetFiles($"{directory}/run/exits").Select(file => $"file {file}"));
        foreach (var kind in (string[])["state/sandboxes", "state/containers", "run/containers", "run/sandboxes", "run/netns", "run/oci"])
        {
            left.AddRange(System.IO.Directory.GetFileSystemEntries($"{directory}/{kind}").Select(file => $"file {file}"));
        }

        foreach (var path in new CgroupCleaner(CgroupParent).FindGroups())
        {
            left.Add($"cgroup {path}");
        }

        // conmon ends a moment after its container.
        for (var round = 0; round < 100 && Processes().Count > 0; round++)
        {
            await Task.Delay(10);
        }

        left.AddRange(Processes());
        return left;
    }

    private List<string> Processes() =>
    [
        .. System.IO.Directory.GetDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), out _))
            .Select(path => (path, line: Read($"{path}/cmdline").Replace('\0', ' ')))
            .Where(entry => entry.line.Contains(directory, StringComparison.Ordinal) && !entry.path.EndsWith($"/{Environment.ProcessId}", StringComparison.Ordinal))
            .Select(entry => $"process {entry.path} {entry.line}"),
    ];

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>Bridge and packet filter rules stay for the next Pod; a lab has none.</summary>
    private async Task RemoveBridgeAsync()
    {
        await using var network = await PodNetwork.StartAsync(
            Options.Network with { StateDirectory = $"{directory}/state/network" }, LoggerFactory.Create(_ => { }), TimeProvider.System, CancellationToken.None);
        await network.DrainAsync(CancellationToken.None);
        await network.RemoveAllAsync(CancellationToken.None);
    }
}
