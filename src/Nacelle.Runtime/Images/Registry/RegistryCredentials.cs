using System.Text;
using global::Runtime.V1;

namespace Nacelle.Runtime.Images.Registry;

/// <summary>What a pull may show to a registry. Never logged: <see cref="ToString"/> tells nothing.</summary>
public sealed record RegistryCredentials
{
    public string Username { get; init; } = "";

    public string Password { get; init; } = "";

    /// <summary>An OAuth2 refresh token for the registry's token server.</summary>
    public string IdentityToken { get; init; } = "";

    /// <summary>A bearer token for the registry itself.</summary>
    public string RegistryToken { get; init; } = "";

    /// <summary>The server they are for, as a Docker configuration names it; empty means the registry of the reference.</summary>
    public string ServerAddress { get; init; } = "";

    /// <summary>Reads CRI's form; null where it holds nothing.</summary>
    /// <exception cref="ImageException">The combined field isn't base64 of <c>user:password</c>.</exception>
    public static RegistryCredentials? From(AuthConfig? auth)
    {
        if (auth is null)
        {
            return null;
        }

        RegistryCredentials credentials = new()
        {
            Username = auth.Username,
            Password = auth.Password,
            IdentityToken = auth.IdentityToken,
            RegistryToken = auth.RegistryToken,
            ServerAddress = auth.ServerAddress,
        };
        if (auth.Username.Length == 0 && auth.Auth.Length > 0)
        {
            (string user, string password) = Split(auth.Auth);
            credentials = credentials with { Username = user, Password = password };
        }

        return credentials with { ServerAddress = "" } == new RegistryCredentials() ? null : credentials;
    }

    /// <summary>
    /// Whether they may be shown to this server. Without an address they are for the registry that the reference names, never for a
    /// mirror of it: a mirror is somebody else, and often spoken to without TLS.
    /// </summary>
    internal bool AreFor(RegistryHost host)
    {
        if (ServerAddress.Length == 0)
        {
            return !host.IsMirror;
        }

        string text = ServerAddress.Contains("://", StringComparison.Ordinal) ? ServerAddress : "https://" + ServerAddress;
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? address))
        {
            return false;
        }

        bool isDockerHub = address.Host is "docker.io" or "index.docker.io" or "registry-1.docker.io";
        return isDockerHub
            ? host.Address.Host == "registry-1.docker.io"
            : address.Authority == host.Address.Authority || (address.IsDefaultPort && host.Address.IsDefaultPort && address.Host == host.Address.Host);
    }

    public override string ToString() => "(credentials)";

    private static (string User, string Password) Split(string encoded)
    {
        Span<byte> bytes = new byte[encoded.Length];
        string text = Convert.TryFromBase64String(encoded, bytes, out int count) ? Encoding.UTF8.GetString(bytes[..count]).TrimEnd('\0') : "";
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0
            ? throw new ImageException(ImageError.Denied, "invalid registry credentials: auth isn't base64 of user:password")
            : (text[..colon], text[(colon + 1)..]);
    }
}
