using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Nacelle.Kubernetes.Exposure;

/// <summary>Takes from a Pod's spec what its containers will be started as. What only the image knows is assumed, and said.</summary>
public static class PodFactsReader
{
    private const string HostName = "(host)";

    private static readonly string[] Lists = ["initContainers", "containers", "ephemeralContainers"];

    /// <summary>Reads a spec that the schema accepts; names of capabilities that Linux does not have are passed over.</summary>
    /// <param name="name">What the Pod is called in findings.</param>
    public static PodFacts Read(string name, JsonObject spec)
    {
        string sharing = spec.Flag("hostPID") ? "hostPID" : spec.Flag("shareProcessNamespace") ? "shareProcessNamespace" : "";
        var containers = ImmutableArray.CreateBuilder<ContainerFacts>();
        foreach (string list in Lists)
        {
            int order = 0;
            foreach (JsonObject container in spec.Items(list))
            {
                containers.Add(Container(spec, container, sharing) with { Time = Time(list, container, order++) });
            }
        }

        if (sharing == "hostPID")
        {
            containers.Add(Host([OnHost(Root(LinuxCapabilities.All)), OnHost(Unprivileged(65534))]));
        }

        return new PodFacts(name, sharing, containers.ToImmutable());
    }

    /// <summary>The machine outside of the Pod, as one more target.</summary>
    public static ContainerFacts Host(ImmutableArray<ProcessIdentity> processes) =>
        new() { Name = HostName, Processes = processes, IsHost = true };

    private static ContainerFacts Container(JsonObject spec, JsonObject container, string sharing)
    {
        string name = container.Text("name");
        (JsonObject? own, JsonObject? shared) = (container.Child("securityContext"), spec.Child("securityContext"));
        string target = container.Text("targetContainerName");
        Credentials credentials = Start(own, shared, container.Text("image"), out string unknown);
        return new ContainerFacts
        {
            Name = name,
            Processes =
            [
                new() { Credentials = credentials, PidNamespace = sharing.Length > 0 ? sharing : target.Length > 0 ? target : name, SeesAll = sharing == "hostPID" },
            ],
            Unknown = unknown,
            Added = Set(own.Child("capabilities").Texts("add")),
            Contents = Contents(spec, container),
        };
    }

    /// <summary>What the manifest gives a container, by name.</summary>
    public static ContainerContents Contents(JsonObject spec, JsonObject container) => new()
    {
        Environment = [.. EnvironmentContents.Variables(container)],
        Arguments = [.. EnvironmentContents.Arguments(container)],
        Files = [.. VolumeContents.Files(spec, container)],
    };

    private static ContainerTime Time(string list, JsonObject container, int order) =>
        list == "initContainers" ? new(order, container.Text("restartPolicy") != "Always") : ContainerTime.Main;

    /// <summary>The credentials of the container's first process.</summary>
    private static Credentials Start(JsonObject? own, JsonObject? shared, string image, out string unknown)
    {
        long? uid = own.NumberOrNull("runAsUser") ?? shared.NumberOrNull("runAsUser");
        long? gid = own.NumberOrNull("runAsGroup") ?? shared.NumberOrNull("runAsGroup");
        bool nonRoot = own.FlagOrNull("runAsNonRoot") ?? shared.Flag("runAsNonRoot");
        unknown = uid is not null ? ""
            : nonRoot ? $"the USER of image {image} is not known: taken as a user of its own"
            : $"the USER of image {image} is not known: taken as root";
        bool privileged = own.Flag("privileged");
        long user = uid ?? (nonRoot ? UnknownUser(image) : 0);
        ulong capabilities = privileged ? LinuxCapabilities.All : Resolve(own.Child("capabilities"));

        // Exec clears the sets of whoever is not root; the bounding set stays.
        ulong held = user == 0 ? capabilities : 0;
        return new Credentials
        {
            Uids = IdTriple.All(user),
            Gids = IdTriple.All(gid ?? (uid is null && nonRoot ? UnknownUser(image) : 0)),
            Groups = [.. Groups(shared)],
            Permitted = held,
            Effective = held,
            Bounding = capabilities,
            NoNewPrivileges = own.FlagOrNull("allowPrivilegeEscalation") == false,
        };
    }

    private static IEnumerable<long> Groups(JsonObject? shared)
    {
        IEnumerable<long> groups = (shared.List("supplementalGroups") ?? []).Select(group => group.AsNumber()).OfType<long>();
        return shared.NumberOrNull("fsGroup") is { } group ? groups.Append(group) : groups;
    }

    /// <summary>ALL in one list is the starting point, single names of the other list count against it.</summary>
    private static ulong Resolve(JsonObject? capabilities)
    {
        (string[] add, string[] drop) = ([.. capabilities.Texts("add")], [.. capabilities.Texts("drop")]);
        ulong start = add.Any(IsAll) ? LinuxCapabilities.All : drop.Any(IsAll) ? 0 : LinuxCapabilities.Defaults;
        return (start | Set(add)) & ~Set(drop);
    }

    internal static bool IsAll(string name) => name.Equals("ALL", StringComparison.OrdinalIgnoreCase) || name.Equals("CAP_ALL", StringComparison.OrdinalIgnoreCase);

    private static ulong Set(IEnumerable<string> names) =>
        names.Select(LinuxCapabilities.Number).OfType<int>().Aggregate(0UL, (set, number) => set | LinuxCapabilities.Only(number));

    private static ProcessIdentity OnHost(Credentials credentials) => new() { Credentials = credentials, Dumpable = true, PidNamespace = "hostPID" };

    private static Credentials Root(ulong capabilities) => new()
    {
        Uids = IdTriple.All(0),
        Gids = IdTriple.All(0),
        Permitted = capabilities,
        Effective = capabilities,
        Bounding = capabilities,
    };

    private static Credentials Unprivileged(long uid) => new() { Uids = IdTriple.All(uid), Gids = IdTriple.All(uid) };

    /// <summary>Stands for the user that an image names: two containers of one image have the same one.</summary>
    private static long UnknownUser(string image)
    {
        long hash = 17;
        foreach (char c in image)
        {
            hash = ((hash * 31) + c) % 900_000;
        }

        return -1 - hash;
    }
}
