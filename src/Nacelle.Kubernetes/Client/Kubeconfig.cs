using System.Security.Cryptography.X509Certificates;
using System.Text;
using YamlDotNet.RepresentationModel;

namespace Nacelle.Kubernetes.Client;

/// <summary>What one context of a kubeconfig file says: where the API server is, whom to trust, and who we are.</summary>
public sealed record Kubeconfig
{
    /// <summary>Base address of the API server, for example <c>https://127.0.0.1:6443</c>.</summary>
    public required Uri Server { get; init; }

    /// <summary>Only certificates that chain to this one are trusted; null trusts the system's authorities.</summary>
    public X509Certificate2? CertificateAuthority { get; init; }

    /// <summary>Client certificate with its private key.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>Bearer token; sent only over TLS.</summary>
    public string? Token { get; init; }

    /// <summary>Name given in TLS in place of the host of <see cref="Server"/>.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>Reads the current context of a kubeconfig file. Relative paths in it are relative to the file.</summary>
    /// <exception cref="KubeconfigException">The file cannot be read, or lacks what a connection needs.</exception>
    public static Kubeconfig Load(string path)
    {
        try
        {
            using var reader = new StreamReader(path, Encoding.UTF8);
            return Parse(reader, Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/");
        }
        catch (KubeconfigException e)
        {
            throw new KubeconfigException($"{path}: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KubeconfigException($"cannot read kubeconfig {path}: {e.Message}", e);
        }
        catch (Exception e) when (e is YamlDotNet.Core.YamlException or FormatException or System.Security.Cryptography.CryptographicException)
        {
            throw new KubeconfigException($"{path} is not a valid kubeconfig: {e.Message}", e);
        }
    }

    /// <summary>Reads the current context from the text of a kubeconfig.</summary>
    /// <exception cref="KubeconfigException">It lacks what a connection needs.</exception>
    public static Kubeconfig Parse(TextReader text, string directory)
    {
        var yaml = new YamlStream();
        yaml.Load(text);
        if (yaml.Documents.Count == 0 || yaml.Documents[0].RootNode is not YamlMappingNode root)
        {
            throw new KubeconfigException("the file is empty");
        }

        var contextName = Scalar(root, "current-context") ?? throw new KubeconfigException("no current-context");
        var context = Named(root, "contexts", contextName, "context");
        var cluster = Named(root, "clusters", Scalar(context, "cluster") ?? "", "cluster");
        var user = Named(root, "users", Scalar(context, "user") ?? "", "user");
        var server = Scalar(cluster, "server") ?? throw new KubeconfigException("the cluster names no server");
        return new Kubeconfig
        {
            Server = new Uri(server.EndsWith('/') ? server : server + "/"),
            CertificateAuthority = Pem(cluster, "certificate-authority", directory) is { } ca ? X509Certificate2.CreateFromPem(ca) : null,
            ClientCertificate = ClientPair(user, directory),
            Token = Scalar(user, "token"),
            TlsServerName = Scalar(cluster, "tls-server-name"),
        };
    }

    private static X509Certificate2? ClientPair(YamlMappingNode user, string directory)
    {
        var certificate = Pem(user, "client-certificate", directory);
        var key = Pem(user, "client-key", directory);
        return certificate is null || key is null ? null : X509Certificate2.CreateFromPem(certificate, key);
    }

    /// <summary>The `-data` form (base64 of PEM) wins over the file, as it does in the clients of Kubernetes.</summary>
    private static string? Pem(YamlMappingNode node, string name, string directory)
    {
        if (Scalar(node, name + "-data") is { Length: > 0 } data)
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(data));
        }

        return Scalar(node, name) is { Length: > 0 } file ? File.ReadAllText(Path.Combine(directory, file)) : null;
    }

    private static YamlMappingNode Named(YamlMappingNode root, string list, string name, string content)
    {
        if (root.Children.TryGetValue(new YamlScalarNode(list), out var found) && found is YamlSequenceNode entries)
        {
            foreach (var entry in entries.OfType<YamlMappingNode>())
            {
                if (Scalar(entry, "name") == name && entry.Children.TryGetValue(new YamlScalarNode(content), out var value)
                    && value is YamlMappingNode mapping)
                {
                    return mapping;
                }
            }
        }

        throw new KubeconfigException($"no entry \"{name}\" in {list}");
    }

    private static string? Scalar(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(new YamlScalarNode(key), out var value) && value is YamlScalarNode { Value: { } text } ? text : null;
}
