using Nacelle.Runtime.Networking;
using Runtime.V1;
using Xunit;

namespace Nacelle.UnitTests.Runtime.Networking;

public sealed class HostPortTests
{
    [Fact]
    public void Of_Mappings_LeavesOutThoseWithoutAHostPort()
    {
        var config = new PodSandboxConfig
        {
            PortMappings =
            {
                new PortMapping { ContainerPort = 80 },
                new PortMapping { ContainerPort = 53, HostPort = 5353, Protocol = Protocol.Udp, HostIp = "0.0.0.0" },
                new PortMapping { ContainerPort = 1, HostPort = 65535, Protocol = Protocol.Sctp, HostIp = "127.0.0.1" },
            },
        };

        Assert.Equal([new HostPort("udp", null, 5353, 53), new HostPort("sctp", "127.0.0.1", 65535, 1)], HostPort.Of(config));
    }

    [Theory]
    [InlineData(70000, 80, "")]
    [InlineData(-1, 80, "")]
    [InlineData(80, 0, "")]
    [InlineData(80, 80, "::1")]
    [InlineData(80, 80, "1.2.3.4; drop")]
    public void Of_NotUsable_IsRefused(int hostPort, int containerPort, string address)
    {
        var config = new PodSandboxConfig { PortMappings = { new PortMapping { ContainerPort = containerPort, HostPort = hostPort, HostIp = address } } };

        Assert.Throws<PodNetworkException>(() => HostPort.Of(config).ToList());
    }
}
