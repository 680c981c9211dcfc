using System.Net;

namespace Nacelle.Runtime.Images.Registry;

/// <summary>The machine's proxy for all but loopback: a mirror on 127.0.0.1 must not be looked for on the proxy's own machine.</summary>
internal sealed class LoopbackBypass(IWebProxy proxy) : IWebProxy
{
    public ICredentials? Credentials
    {
        get => proxy.Credentials;
        set => proxy.Credentials = value;
    }

    public Uri? GetProxy(Uri destination) => destination.IsLoopback ? null : proxy.GetProxy(destination);

    public bool IsBypassed(Uri host) => host.IsLoopback || proxy.IsBypassed(host);
}
