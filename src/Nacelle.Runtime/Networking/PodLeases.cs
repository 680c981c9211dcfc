using System.Buffers.Binary;
using System.Net;
using System.Text.Json;

namespace Nacelle.Runtime.Networking;

/// <summary>
/// Who has which address: one file a lease, named by the address, written beside and renamed. Truth is the directory; the maps in memory are
/// read from it once. No fsync: after a power cut neither namespaces nor devices exist, so a lost lease is a true one. For one thread at a time.
/// </summary>
internal sealed class PodLeases
{
    private readonly string _directory;
    private readonly uint _first;
    private readonly uint _last;
    private readonly Dictionary<string, PodLease> _bySandbox = new(StringComparer.Ordinal);
    private readonly HashSet<uint> _taken = [];
    private uint _next;

    /// <param name="directory">Made if missing.</param>
    /// <param name="cidr">All its addresses but the network's, the gateway's (the first) and the broadcast address are given out.</param>
    public PodLeases(string directory, IPNetwork cidr)
    {
        _directory = directory;
        var network = Number(cidr.BaseAddress);
        _first = network + 2;
        _last = network + (uint)((1UL << (32 - cidr.PrefixLength)) - 2);
        _next = _first;
        Directory.CreateDirectory(directory);
        Load();
    }

    /// <summary>All leases, those being removed too.</summary>
    public IReadOnlyCollection<PodLease> All => _bySandbox.Values;

    public PodLease? Find(string sandboxId) => _bySandbox.GetValueOrDefault(sandboxId);

    /// <summary>
    /// Takes the next free address, going round, so that an address rests as long as possible before it is given out again.
    /// </summary>
    /// <returns>The lease, or null when every address is taken.</returns>
    public PodLease? Take(string sandboxId, IEnumerable<HostPort> hostPorts)
    {
        for (var tried = _first; tried <= _last; tried++)
        {
            var candidate = _next;
            _next = _next == _last ? _first : _next + 1;
            if (!_taken.Contains(candidate))
            {
                var lease = new PodLease { SandboxId = sandboxId, Address = Address(candidate).ToString(), HostPorts = [.. hostPorts] };
                Write(lease);
                return lease;
            }
        }

        return null;
    }

    /// <summary>Stores a changed lease in place of the sandbox's old one.</summary>
    public void Write(PodLease lease)
    {
        var file = FileOf(lease);
        var temporary = file + ".tmp";
        File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(lease, PodLeaseJson.Default.PodLease));
        File.Move(temporary, file, overwrite: true);
        Remember(lease);
    }

    /// <summary>Frees the address.</summary>
    public void Remove(PodLease lease)
    {
        File.Delete(FileOf(lease));
        _bySandbox.Remove(lease.SandboxId);
        _taken.Remove(Number(lease.IpAddress));
    }

    private void Load()
    {
        foreach (var file in Directory.EnumerateFiles(_directory))
        {
            if (file.EndsWith(".tmp", StringComparison.Ordinal) || Read(file) is not { } lease)
            {
                File.Delete(file);
                continue;
            }

            Remember(lease);
        }

        // Goes on behind the highest address in use: the ones before it were given out most recently or are taken.
        var highest = _taken.Count == 0 ? _first - 1 : _taken.Max();
        _next = highest >= _last ? _first : highest + 1;
    }

    private static PodLease? Read(string file)
    {
        PodLease? lease;
        try
        {
            lease = JsonSerializer.Deserialize(File.ReadAllBytes(file), PodLeaseJson.Default.PodLease);
        }
        catch (JsonException)
        {
            return null; // torn by a power cut: the sandbox it named did not survive that either
        }

        return lease is null || lease.Version <= PodLease.CurrentVersion
            ? lease
            : throw new PodNetworkException($"{file} was written by a newer version (format {lease.Version})");
    }

    private void Remember(PodLease lease)
    {
        _bySandbox[lease.SandboxId] = lease;
        _taken.Add(Number(lease.IpAddress));
    }

    private string FileOf(PodLease lease) => Path.Combine(_directory, lease.Address);

    private static uint Number(IPAddress address) => BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());

    private static IPAddress Address(uint number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return new IPAddress(bytes);
    }
}
