using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Nacelle.ApiServer.Security;

/// <summary>
/// Finds out who asks: the owner of the unix socket, the holder of a client certificate of our authority (CN is the user,
/// each O a group), or the bearer of a token.
/// </summary>
internal sealed class Authenticator
{
    private const string CommonName = "2.5.4.3";
    private const string Organization = "2.5.4.10";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    // Where a connection remembers who it is, so that a chain is built once and not for every request.
    private static readonly object UserKey = new();
    private static readonly object NobodyMark = new();

    private readonly X509Certificate2? authority;
    private readonly List<(byte[] TokenHash, UserInfo User)> tokens;

    public Authenticator(ApiServerOptions options)
    {
        authority = options.ClientCertificateAuthority;
        tokens = [.. options.Tokens.Select(t => (Hash(t.Key), t.Value))];
    }

    /// <summary>Who the callers of the unix socket are.</summary>
    public static UserInfo LocalAdministrator { get; } = new("system:admin", ["system:masters", "system:authenticated"]);

    /// <summary>Marks a connection as that of the administrator.</summary>
    public static void MarkLocal(IDictionary<object, object?> connectionItems) => connectionItems[UserKey] = LocalAdministrator;

    /// <summary>The caller, or null for nobody that we know.</summary>
    public UserInfo? Authenticate(HttpContext http)
    {
        if (OfConnection(http) is { } user)
        {
            return user;
        }

        return FromToken(http.Request.Headers.Authorization.ToString());
    }

    /// <summary>Whoever the connection's certificate or socket says it is. The requests of an HTTP/2 connection come here at the same time.</summary>
    private UserInfo? OfConnection(HttpContext http)
    {
        if (http.Features.Get<IConnectionItemsFeature>()?.Items is not { } items)
        {
            return http.Connection.ClientCertificate is { } alone ? FromCertificate(alone) : null;
        }

        lock (items)
        {
            if (!items.TryGetValue(UserKey, out object? known) && http.Connection.ClientCertificate is { } certificate)
            {
                known = (object?)FromCertificate(certificate) ?? NobodyMark;
                items[UserKey] = known;
            }

            return known as UserInfo;
        }
    }

    private UserInfo? FromToken(string header)
    {
        const string Scheme = "Bearer ";
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        // Hashes have one length, and all are compared: time tells nothing about a token.
        byte[] hash = Hash(header[Scheme.Length..].Trim());
        UserInfo? found = null;
        foreach ((byte[] tokenHash, UserInfo user) in tokens)
        {
            found = CryptographicOperations.FixedTimeEquals(hash, tokenHash) ? user : found;
        }

        return found;
    }

    private UserInfo? FromCertificate(X509Certificate2 certificate)
    {
        if (authority is null)
        {
            return null;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        if (!chain.Build(certificate))
        {
            return null;
        }

        string name = "";
        var groups = new List<string>();
        foreach (X500RelativeDistinguishedName part in certificate.SubjectName.EnumerateRelativeDistinguishedNames())
        {
            if (part.HasMultipleElements)
            {
                continue;
            }

            switch (part.GetSingleElementType().Value)
            {
                case CommonName:
                    name = part.GetSingleElementValue() ?? "";
                    break;
                case Organization:
                    groups.Add(part.GetSingleElementValue() ?? "");
                    break;
            }
        }

        return name.Length == 0 ? null : new UserInfo(name, [.. groups, "system:authenticated"]);
    }

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
