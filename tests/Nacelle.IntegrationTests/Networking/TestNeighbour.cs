using System.Net;

namespace Nacelle.IntegrationTests.Networking;

/// <summary>Another machine on a wire to the host, played by a namespace: it knows the host's address on that wire, and no way to the Pods.</summary>
internal sealed class TestNeighbour : IAsyncDisposable
{
    private readonly string _link;

    private TestNeighbour(string path, string link, int number)
    {
        (Path, _link) = (path, link);
        var subnet = new byte[] { 198, 18, (byte)(number >> 6), (byte)((number & 63) << 2) };
        HostAddress = new IPAddress([subnet[0], subnet[1], subnet[2], (byte)(subnet[3] + 1)]);
        Address = new IPAddress([subnet[0], subnet[1], subnet[2], (byte)(subnet[3] + 2)]);
    }

    public string Path { get; }

    public IPAddress Address { get; }

    public IPAddress HostAddress { get; }

    public static async Task<TestNeighbour> AddAsync(TestNetwork test)
    {
        var number = test.Options.Bridge["nct".Length..];
        var neighbour = new TestNeighbour(test.MakeNamespace("neighbour"), "ncx" + number, int.Parse(number, System.Globalization.CultureInfo.InvariantCulture));
        var peer = neighbour._link + "p";
        await TestProgram.RunAsync("ip", "link", "add", neighbour._link, "type", "veth", "peer", "name", peer);
        await TestProgram.RunAsync("ip", "addr", "add", $"{neighbour.HostAddress}/30", "dev", neighbour._link);
        await TestProgram.RunAsync("ip", "link", "set", neighbour._link, "up");
        await TestProgram.RunAsync("ip", "link", "set", peer, "netns", neighbour.Path);
        await TestProgram.RunAsync("nsenter", $"--net={neighbour.Path}", "ip", "addr", "add", $"{neighbour.Address}/30", "dev", peer);
        await TestProgram.RunAsync("nsenter", $"--net={neighbour.Path}", "ip", "link", "set", peer, "up");
        return neighbour;
    }

    public async ValueTask DisposeAsync() => await TestProgram.RunAsync("ip", "link", "del", _link);
}
