using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Logging;
using Nacelle.Linux.Namespaces;
using Nacelle.Linux.Netlink;
using Nacelle.Runtime.Networking.PacketFilters;
using Runtime.V1;

namespace Nacelle.Runtime.Networking;

/// <summary>
/// The default Pod network: a bridge on the host, a veth pair and an address for each sandbox, made by rtnetlink without any plugin process
/// (docs/decisions/network.md). The bridge and the rules are made when the first sandbox needs them. Sandboxes in the host's network
/// (CRI <c>NODE</c>) never come here.
/// </summary>
public sealed class PodNetwork : IAsyncDisposable
{
    private readonly PodNetworkOptions _options;
    private readonly PodBridge _bridge;
    private readonly PodLeases _leases;
    private readonly NetworkRemovals _removals;
    private readonly IPacketFilter? _filter;
    private readonly ForwardPolicy _forwardPolicy = new(FilterProgram.Find("iptables"));
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _gate = new(1, 1); // guards _leases, the bridge's making and the packet filter
    private bool _rulesApplied;

    private PodNetwork(PodNetworkOptions options, TimeProvider time, ILogger logger)
    {
        _options = options;
        _logger = logger;
        _bridge = new PodBridge(options.Bridge, options.PodCidr);
        _leases = new PodLeases(Path.Combine(options.StateDirectory, options.Bridge, "leases"), options.PodCidr);
        _filter = PacketFilter.Find(Path.Combine(options.StateDirectory, options.Bridge, "rules"));
        _removals = new NetworkRemovals(FreeAsync, time, logger);
    }

    /// <summary>Reads the leases and goes on with removals that an earlier run did not finish. Makes no device yet.</summary>
    /// <exception cref="PodNetworkException">The options are not usable, or the leases were written by a newer version.</exception>
    public static async Task<PodNetwork> StartAsync(
        PodNetworkOptions options, ILoggerFactory loggerFactory, TimeProvider time, CancellationToken cancellationToken)
    {
        PodNetworkOptionsCheck.ThrowIfInvalid(options);
        var network = new PodNetwork(options, time, loggerFactory.CreateLogger<PodNetwork>());
        foreach (var lease in network._leases.All.Where(l => l.Removing).ToList())
        {
            await network._removals.EnqueueAsync(lease, cancellationToken).ConfigureAwait(false);
        }

        return network;
    }

    /// <summary>The bridge's address: the Pods' default route and the host as they see it.</summary>
    public IPAddress Gateway => _bridge.Gateway;

    /// <summary>Connects the sandbox's namespace: address, <c>eth0</c>, default route, host ports. Nothing is left behind when it fails.</summary>
    /// <param name="sandboxId">Unique; a sandbox that has its network already is refused.</param>
    /// <param name="netnsPath">The namespace's file.</param>
    /// <param name="config">Its <c>port_mappings</c> count.</param>
    /// <param name="cancellationToken">Honoured between the steps.</param>
    /// <exception cref="PodNetworkException">No address is free, a host port is taken, the packet filter refused the rules, …</exception>
    /// <exception cref="NetlinkException">The kernel refused a step.</exception>
    public async Task<PodNetworkResult> SetUpAsync(string sandboxId, string netnsPath, PodSandboxConfig config, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        ImmutableArray<HostPort> hostPorts = [.. HostPort.Of(config)];
        var (lease, bridge) = await TakeLeaseAsync(sandboxId, hostPorts, cancellationToken).ConfigureAwait(false);
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            await PodLink.ConnectAsync(sandboxId, netnsPath, lease.IpAddress, _options.PodCidr.PrefixLength, Gateway, bridge).ConfigureAwait(false);
        }
        catch
        {
            await RollBackAsync(sandboxId, netnsPath).ConfigureAwait(false);
            throw;
        }

        _logger.Connected(sandboxId, lease.Address, LinkNames.HostLink(sandboxId), Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        return new PodNetworkResult([lease.IpAddress]);
    }

    /// <summary>
    /// Gives the sandbox's network back; does nothing where it has none. Host ports are closed when it returns; the device and then the address
    /// go a little later (<see cref="DrainAsync"/> waits for that). The caller removes the namespace itself, before or after.
    /// </summary>
    /// <exception cref="PodNetworkException">The packet filter refused the rules without the sandbox's host ports; call again.</exception>
    public async Task TearDownAsync(string sandboxId, string netnsPath, CancellationToken cancellationToken)
    {
        _ = netnsPath; // part of the contract: a plugin needs it, the veth pair goes without
        PodLease lease;
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_leases.Find(sandboxId) is not { Removing: false } held)
            {
                return;
            }

            lease = held with { Removing = true };
            if (!held.HostPorts.IsEmpty)
            {
                await ApplyRulesAsync(without: sandboxId, cancellationToken).ConfigureAwait(false);
            }

            _leases.Write(lease);
        }
        finally
        {
            _gate.Release();
        }

        await _removals.EnqueueAsync(lease, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Gives back what sandboxes hold that are not among those known: they were lost between taking an address and being recorded.</summary>
    public async Task KeepOnlyAsync(IReadOnlySet<string> sandboxIds, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        List<string> lost;
        try
        {
            lost = [.. _leases.All.Where(l => !l.Removing && !sandboxIds.Contains(l.SandboxId)).Select(l => l.SandboxId)];
        }
        finally
        {
            _gate.Release();
        }

        foreach (var sandboxId in lost)
        {
            await TearDownAsync(sandboxId, "", cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Completes when every network given back is really gone.</summary>
    public Task DrainAsync(CancellationToken cancellationToken) => _removals.DrainAsync(cancellationToken);

    /// <summary>
    /// Removes everything: all sandboxes' devices, the bridge, the rules, the leases. Host forwarding stays on: others may rely on it.
    /// </summary>
    public async Task RemoveAllAsync(CancellationToken cancellationToken)
    {
        await KeepOnlyAsync(ImmutableHashSet<string>.Empty, cancellationToken).ConfigureAwait(false);
        await DrainAsync(cancellationToken).ConfigureAwait(false);
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_filter is not null)
            {
                await _filter.RemoveAsync(_options.Bridge, cancellationToken).ConfigureAwait(false);
            }

            await _forwardPolicy.CloseAsync(_options.Bridge, cancellationToken).ConfigureAwait(false);
            _rulesApplied = false;
            using var route = new RouteNetlink();
            _bridge.Delete(route);
            Directory.Delete(Path.Combine(_options.StateDirectory, _options.Bridge), recursive: true);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Finishes the removals under way. Pods' networks, the bridge and the rules stay.</summary>
    public async ValueTask DisposeAsync()
    {
        await _removals.DisposeAsync().ConfigureAwait(false);
        _gate.Dispose();
    }

    private async Task<(PodLease Lease, Link Bridge)> TakeLeaseAsync(
        string sandboxId, ImmutableArray<HostPort> hostPorts, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_leases.Find(sandboxId) is not null)
            {
                throw new PodNetworkException($"sandbox {sandboxId} has a network already");
            }

            HostPortConflicts.ThrowIfTaken(hostPorts, _leases.All);
            var bridge = await EnsureBridgeAsync(cancellationToken).ConfigureAwait(false);
            var lease = _leases.Take(sandboxId, hostPorts)
                ?? throw new PodNetworkException($"no address is free in Pod CIDR {_options.PodCidr}");
            await OpenHostPortsAsync(lease, cancellationToken).ConfigureAwait(false);
            return (lease, bridge);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task OpenHostPortsAsync(PodLease lease, CancellationToken cancellationToken)
    {
        if (lease.HostPorts.IsEmpty)
        {
            return;
        }

        try
        {
            if (_filter is null)
            {
                throw new PodNetworkException("hostPort needs nft or iptables, and neither is installed");
            }

            _bridge.AllowLoopback();
            await ApplyRulesAsync(without: null, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            _leases.Remove(lease);
            throw;
        }
    }

    // Looking costs some 20 µs; somebody may have deleted the bridge while we ran.
    private async Task<Link> EnsureBridgeAsync(CancellationToken cancellationToken)
    {
        using var route = new RouteNetlink();
        if (_rulesApplied && _bridge.Find(route) is { } ready)
        {
            return ready;
        }

        var link = _bridge.Ensure(route);
        if (_leases.All.Any(l => !l.HostPorts.IsEmpty))
        {
            _bridge.AllowLoopback();
        }

        await ApplyRulesAsync(without: null, cancellationToken).ConfigureAwait(false);
        await _forwardPolicy.OpenAsync(_options.Bridge, cancellationToken).ConfigureAwait(false);
        _rulesApplied = true;
        _logger.BridgeReady(_options.Bridge, Gateway.ToString(), _filter?.Name ?? "none");
        return link;
    }

    private async Task ApplyRulesAsync(string? without, CancellationToken cancellationToken)
    {
        if (_filter is null)
        {
            _logger.NoPacketFilter();
            return;
        }

        var hostPorts = _leases.All
            .Where(l => !l.Removing && l.SandboxId != without)
            .SelectMany(l => l.HostPorts, (l, port) => (port, l.IpAddress));
        await _filter.ApplyAsync(new PacketRules(_options.Bridge, _options.PodCidr, [.. hostPorts]), cancellationToken).ConfigureAwait(false);
    }

    // On its own time, not the request's; what it could not undo stays marked in the lease.
    private async Task RollBackAsync(string sandboxId, string netnsPath)
    {
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            await TearDownAsync(sandboxId, netnsPath, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is PodNetworkException or IOException or OperationCanceledException)
        {
            _logger.RollbackFailed(sandboxId, e.Message);
        }
    }

    private async ValueTask FreeAsync(PodLease lease)
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            _leases.Remove(lease);
        }
        finally
        {
            _gate.Release();
        }
    }
}
