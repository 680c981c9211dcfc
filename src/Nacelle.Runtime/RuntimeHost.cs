using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nacelle.Linux.Cgroups;
using Nacelle.Runtime.Containers;
using Nacelle.Runtime.Images;
using Nacelle.Runtime.Networking;
using Nacelle.Runtime.Oci;
using Nacelle.Runtime.Sandboxes;
using Nacelle.Runtime.Streaming;
using Nacelle.Runtime.Streaming.Conmon;
using Nacelle.Runtime.Streaming.PortForward;

namespace Nacelle.Runtime;

/// <summary>The container runtime: CRI v1 on a unix socket. Containers outlive it; the next start finds them again.</summary>
public sealed class RuntimeHost : IAsyncDisposable
{
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(10);

    private readonly IReadOnlyList<InstanceLock> locks;
    private readonly CancellationTokenSource stopping = new();
    private readonly List<Func<Task>> shutdown = [];
    private WebApplication? application;

    private RuntimeHost(IReadOnlyList<InstanceLock> locks) => this.locks = locks;

    /// <summary>Ends when the runtime has stopped serving.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Returns when CRI is served and what an earlier run left is found again.</summary>
    /// <exception cref="RuntimeStartException">Something is missing or in the way; the message is one line that says what.</exception>
    public static async Task<RuntimeHost> StartAsync(RuntimeOptions options, ILoggerFactory loggerFactory, CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new RuntimeStartException("the container runtime needs root");
        }

        var directories = new RuntimeDirectories(Path.GetFullPath(options.StateDirectory), Path.GetFullPath(options.RunDirectory));
        RuntimeHost host;
        try
        {
            host = new RuntimeHost(TakeLocks(options, directories));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new RuntimeStartException($"the runtime's directories can't be used: {failure.Message}", failure);
        }

        try
        {
            await host.RunAsync(options, directories, loggerFactory, cancellationToken).ConfigureAwait(false);
            return host;
        }
        catch (Exception failure) when (failure is PodNetworkException or IOException or UnauthorizedAccessException)
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw new RuntimeStartException(failure.Message, failure);
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Stops serving and lets go; containers go on.</summary>
    public async ValueTask DisposeAsync()
    {
        using var deadline = new CancellationTokenSource(DrainTime);
        await stopping.CancelAsync().ConfigureAwait(false);
        if (application is not null)
        {
            await application.StopAsync(deadline.Token).ConfigureAwait(false);
            await application.DisposeAsync().ConfigureAwait(false);
        }

        for (var index = shutdown.Count - 1; index >= 0; index--)
        {
            await shutdown[index]().ConfigureAwait(false);
        }

        foreach (var one in locks)
        {
            one.Dispose();
        }

        stopping.Dispose();
    }

    private async Task RunAsync(RuntimeOptions options, RuntimeDirectories directories, ILoggerFactory loggerFactory, CancellationToken cancellationToken)
    {
        var parts = await MakePartsAsync(options, directories, loggerFactory, cancellationToken).ConfigureAwait(false);
        var sandboxWatch = new SandboxWatch(parts);
        var containerWatch = new ContainerWatch(parts);
        var create = new ContainerCreate(parts, Capabilities.ReadAvailable());
        var stop = new ContainerStop(parts);
        var removal = new ContainerRemoval(parts, stop, containerWatch);
        var sandboxStop = new SandboxStop(parts, stop, removal);
        var exec = new ContainerExec(parts);
        shutdown.Add(async () =>
        {
            await Task.WhenAll(sandboxWatch.DrainAsync(), containerWatch.DrainAsync()).WaitAsync(DrainTime).ConfigureAwait(false);
            foreach (var container in parts.Containers.All)
            {
                container.Dispose();
            }

            foreach (var sandbox in parts.Sandboxes.All)
            {
                sandbox.Dispose();
            }
        });
        await new RuntimeRecovery(parts, sandboxWatch, sandboxStop, containerWatch).RunAsync(cancellationToken).ConfigureAwait(false);
        var streaming = await StreamingServer.StartAsync(options.Streaming, Handlers(parts, exec), options.Time, loggerFactory, cancellationToken).ConfigureAwait(false);
        shutdown.Add(() => streaming.DisposeAsync().AsTask());
        var service = new RuntimeService(
            parts, new SandboxRun(parts, sandboxWatch), sandboxStop, create, new ContainerStart(parts, create, containerWatch), stop, removal, exec, streaming);
        await ServeAsync(options, service, new ImageService(parts.Images, options.Time), loggerFactory, cancellationToken).ConfigureAwait(false);
        RuntimeLog.Serving(
            parts.Logger, options.SocketPath, string.Join(' ', parts.OciRuntime.Identity.Name, parts.OciRuntime.Identity.Version), parts.Cgroups.Version.ToString(),
            parts.Sandboxes.All.Count, parts.Containers.All.Count);
    }

    private async Task<RuntimeParts> MakePartsAsync(
        RuntimeOptions options, RuntimeDirectories directories, ILoggerFactory loggerFactory, CancellationToken cancellationToken)
    {
        var logger = loggerFactory.CreateLogger<RuntimeHost>();
        var conmon = ProgramSearch.Find(options.ConmonPath, "conmon");
        var ociRuntime = new OciRuntime(ProgramSearch.Find(options.RuntimePath, "crun", "runc"), directories.OciRuntime);
        await ociRuntime.IdentifyAsync(cancellationToken).ConfigureAwait(false);
        var launcher = PauseProgram.Install(directories, options.PausePath);
        var cgroups = DetectCgroups(options, logger);
        if (HybridCgroups.Describe(ociRuntime.Identity.Name, cgroups) is { } obstacle)
        {
            RuntimeLog.HybridCgroups(logger, obstacle);
        }

        var images = await OpenImagesAsync(options, directories, loggerFactory, cancellationToken).ConfigureAwait(false);
        shutdown.Add(() => images.DisposeAsync().AsTask());
        var network = await PodNetwork.StartAsync(
            options.Network with { StateDirectory = $"{directories.State}/network" }, loggerFactory, options.Time, cancellationToken).ConfigureAwait(false);
        shutdown.Add(() => network.DisposeAsync().AsTask());
        var exitFiles = new ExitFiles(directories, logger);
        shutdown.Add(() => exitFiles.DisposeAsync().AsTask());
        var containers = new ContainerStore(directories);
        return new RuntimeParts
        {
            Options = options,
            Directories = directories,
            SandboxLauncher = launcher,
            Cgroups = cgroups,
            LightCgroups = cgroups.WithOnly("memory", "pids", "cpu", "cpuacct"),
            OciRuntime = ociRuntime,
            Conmon = new Conmon(conmon, ociRuntime, directories),
            Images = images,
            Network = network,
            Sandboxes = new SandboxStore(directories),
            Containers = containers,
            ExitFiles = exitFiles,
            Events = new ContainerEvents(containers, options.Time),
            Logger = logger,
            Stopping = stopping.Token,
            BootId = (await File.ReadAllTextAsync("/proc/sys/kernel/random/boot_id", cancellationToken).ConfigureAwait(false)).Trim(),
            OomScoreFloor = ReadOomScoreFloor(logger),
        };
    }

    private static async Task<ImageStore> OpenImagesAsync(
        RuntimeOptions options, RuntimeDirectories directories, ILoggerFactory loggerFactory, CancellationToken cancellationToken)
    {
        try
        {
            return await ImageStore.OpenAsync(
                options.Images with { Directory = $"{directories.State}/images", Time = options.Time }, loggerFactory, cancellationToken).ConfigureAwait(false);
        }
        catch (ImageException failure)
        {
            throw new RuntimeStartException(failure.Message, failure);
        }
    }

    private static CgroupTree DetectCgroups(RuntimeOptions options, ILogger logger)
    {
        CgroupTree cgroups;
        try
        {
            cgroups = CgroupTree.Detect();
        }
        catch (InvalidOperationException failure)
        {
            throw new RuntimeStartException(failure.Message, failure);
        }

        if (options.FavorDynamicModifications && CgroupTree.TryFavorDynamicModifications() is { } reason)
        {
            RuntimeLog.SlowCgroups(logger, reason);
        }

        return cgroups;
    }

    private static long? ReadOomScoreFloor(ILogger logger)
    {
        if (Capabilities.HasResource())
        {
            return null;
        }

        var own = long.Parse(File.ReadAllText("/proc/self/oom_score_adj").Trim(), System.Globalization.CultureInfo.InvariantCulture);
        RuntimeLog.OomScoreClamped(logger, own);
        return own;
    }

    private static StreamingHandlers Handlers(RuntimeParts parts, ContainerExec exec) => new()
    {
        OpenExec = exec.OpenAsync,
        OpenAttach = (request, token) =>
        {
            var container = parts.Containers.Find(request.ContainerId);
            return ConmonAttach.OpenAsync(
                parts.Directories.Bundle(container.Id), ConmonAttachStreams.Of(request) with { Tty = container.Config.Tty }, container.ExitCodeAsync(), token);
        },
        OpenPort = (sandboxId, port, token) =>
        {
            var sandbox = parts.Sandboxes.Find(sandboxId);
            return NetnsDialer.ConnectAsync(sandbox.HasHostNetwork ? null : parts.Directories.NetworkNamespace(sandbox.Id), port, token);
        },
    };

    private async Task ServeAsync(
        RuntimeOptions options, RuntimeService service, ImageService images, ILoggerFactory loggerFactory, CancellationToken cancellationToken)
    {
        // The locks are ours and nobody answered, so whoever listened here has ended and left its socket behind.
        File.Delete(options.SocketPath);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [] });
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(loggerFactory);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddSingleton(service);
        builder.Services.AddSingleton(images);
        builder.Services.AddSingleton<ErrorInterceptor>();
        builder.Services.AddGrpc(grpc =>
        {
            grpc.Interceptors.Add<ErrorInterceptor>();
            grpc.MaxReceiveMessageSize = 16 << 20;
            grpc.MaxSendMessageSize = 64 << 20;
        });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            // A client has one connection, and a StopContainer takes as long as its grace: the default of 100 calls at a time
            // would make every other call wait while many Pods are deleted.
            kestrel.Limits.Http2.MaxStreamsPerConnection = 10_000;
            kestrel.ListenUnixSocket(options.SocketPath, listen => listen.Protocols = HttpProtocols.Http2);
        });
        application = builder.Build();
        application.MapGrpcService<RuntimeService>();
        application.MapGrpcService<ImageService>();
        try
        {
            await application.StartAsync(cancellationToken).ConfigureAwait(false);
            File.SetUnixFileMode(options.SocketPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            throw new RuntimeStartException($"{options.SocketPath} can't be listened on: {failure.Message}", failure);
        }

        Completion = application.WaitForShutdownAsync(CancellationToken.None);
    }

    /// <summary>
    /// Two runtimes on one state would end each other's containers, two on one run directory take each other's socket and mounts. The run
    /// directory first: where another one lives, not even an empty state directory is made.
    /// </summary>
    private static List<InstanceLock> TakeLocks(RuntimeOptions options, RuntimeDirectories directories)
    {
        var taken = new List<InstanceLock>();
        var made = new List<string>();
        try
        {
            foreach (var directory in (ReadOnlySpan<string>)[directories.Run, directories.State])
            {
                if (!Directory.Exists(directory))
                {
                    made.Add(directory);
                }

                RuntimeDirectories.Create(directory);
                taken.Add(InstanceLock.Take(directory));
            }

            RuntimeSocket.ThrowIfAnswered(options.SocketPath);
            directories.Create();
            return taken;
        }
        catch
        {
            // Nothing but the locks is in them yet.
            made.Where(Directory.Exists).ToList().ForEach(directory => Directory.Delete(directory, recursive: true));
            taken.ForEach(one => one.Dispose());
            throw;
        }
    }
}
