namespace Nacelle.Runtime.Networking;

/// <summary>Finds host ports that another sandbox has.</summary>
internal static class HostPortConflicts
{
    /// <exception cref="PodNetworkException">Naming the port and who has it.</exception>
    public static void ThrowIfTaken(IReadOnlyCollection<HostPort> wanted, IEnumerable<PodLease> leases)
    {
        foreach (var lease in leases.Where(l => !l.Removing))
        {
            if (wanted.FirstOrDefault(port => lease.HostPorts.Any(held => Collide(port, held))) is { } taken)
            {
                throw new PodNetworkException($"host port {taken.Port}/{taken.Protocol} is taken by sandbox {lease.SandboxId}");
            }
        }
    }

    private static bool Collide(HostPort a, HostPort b) =>
        a.Protocol == b.Protocol && a.Port == b.Port && (a.HostAddress is null || b.HostAddress is null || a.HostAddress == b.HostAddress);
}
