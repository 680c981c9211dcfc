using System.Net;
using Nacelle.Runtime.Networking;
using Xunit;

namespace Nacelle.UnitTests.Runtime.Networking;

public sealed class PodLeasesTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("leases-").FullName;

    [Fact]
    public void Take_UntilFull_GivesEachAddressOnceWithoutNetworkGatewayAndBroadcast()
    {
        var leases = Open("10.0.0.0/29");

        Assert.Equal(["10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6"],
            Enumerable.Range(0, 5).Select(i => leases.Take($"s{i}", [])!.Address));
        Assert.Null(leases.Take("s5", []));
    }

    [Fact]
    public void Take_AfterRemove_GoesRoundBeforeItReusesAnAddress()
    {
        var leases = Open("10.0.0.0/29");
        leases.Remove(leases.Take("a", [])!);

        Assert.Equal("10.0.0.3", leases.Take("b", [])!.Address);
    }

    [Fact]
    public void Constructor_LeasesOnDisk_AreHeldAgain()
    {
        Open("10.0.0.0/24").Take("a", [new HostPort("tcp", "127.0.0.1", 8080, 80)]);
        var again = Open("10.0.0.0/24");

        Assert.Equal("10.0.0.2", again.Find("a")!.Address);
        Assert.Equal(new HostPort("tcp", "127.0.0.1", 8080, 80), Assert.Single(again.Find("a")!.HostPorts));
        Assert.Equal("10.0.0.3", again.Take("b", [])!.Address);
    }

    [Fact]
    public void Constructor_TornFile_IsDroppedAndItsAddressFree()
    {
        File.WriteAllText(Path.Combine(_directory, "10.0.0.2"), "{\"ver");

        Assert.Equal("10.0.0.2", Open("10.0.0.0/24").Take("a", [])!.Address);
    }

    [Fact]
    public void Constructor_NewerFormat_IsRefused()
    {
        File.WriteAllText(Path.Combine(_directory, "10.0.0.2"), """{"version":2,"sandboxId":"a","address":"10.0.0.2"}""");

        Assert.Contains("newer version", Assert.Throws<PodNetworkException>(() => Open("10.0.0.0/24")).Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private PodLeases Open(string cidr) => new(_directory, IPNetwork.Parse(cidr));
}
