using System.Net;
using System.Net.NetworkInformation;
using System.Security.Cryptography;
using System.Text;

namespace Nacelle.Runtime.Networking;

/// <summary>Names and Ethernet addresses that follow from what they belong to, so that nothing has to be stored to find a device again.</summary>
internal static class LinkNames
{
    /// <summary>The Pod's device inside its namespace, as the CNI names it.</summary>
    public const string PodLink = "eth0";

    /// <summary>
    /// The host's end of a sandbox's pair: <c>nc</c> and 13 hexadecimal digits of a hash (a name has at most 15 characters; the hash, because
    /// sandbox ids of other makers may begin alike).
    /// </summary>
    public static string HostLink(string sandboxId) =>
        "nc" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sandboxId)))[..13];

    /// <summary>
    /// A locally administered Ethernet address made of the IPv4 address: who gets the address again answers under the same one, so
    /// neighbours' caches stay true.
    /// </summary>
    public static PhysicalAddress EthernetAddress(IPAddress address) => new([0x0A, 0x58, .. address.GetAddressBytes()]);
}
