using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;

using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Nacelle.Kubeconfigs;

/// <summary>
/// A kubeconfig as a YAML tree: what other tools put there stays, entries of ours are added, replaced and taken out by name.
/// </summary>
internal sealed class KubeconfigDocument
{
    public const string EntryName = "nacelle";

    private static readonly string[] Lists = ["clusters", "contexts", "users"];
    private readonly YamlMappingNode _root;

    private KubeconfigDocument(YamlMappingNode root) => _root = root;

    public string? CurrentContext
    {
        get => Find(_root, "current-context") is YamlScalarNode { Value.Length: > 0 } scalar ? scalar.Value : null;
        set => _root.Children[new YamlScalarNode("current-context")] = Text(value ?? "");
    }

    /// <exception cref="FormatException">The text is not a YAML mapping.</exception>
    public static KubeconfigDocument Parse(string text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            throw new FormatException($"line {e.Start.Line}: {e.Message}", e);
        }

        return stream.Documents switch
        {
            [] => Empty(),
            [{ RootNode: YamlMappingNode root }] => new KubeconfigDocument(root),
            [{ RootNode: YamlScalarNode { Value: null or "" } }] => Empty(),
            _ => throw new FormatException("not one YAML mapping"),
        };
    }

    public static KubeconfigDocument Empty() =>
        new(new YamlMappingNode { { "apiVersion", "v1" }, { "kind", "Config" }, { "preferences", new YamlMappingNode() } });

    /// <summary>One cluster, one user with its certificate and key inline, one context, which is current.</summary>
    public static KubeconfigDocument ForNacelle(IPEndPoint server, X509Certificate2 authority, X509Certificate2 client)
    {
        var document = Empty();
        var address = server.Address.Equals(IPAddress.Any) ? IPAddress.Loopback : server.Address;
        using var key = client.GetECDsaPrivateKey();
        var cluster = new YamlMappingNode
        {
            { "certificate-authority-data", Text(Base64(authority.ExportCertificatePem())) },
            { "server", Text($"https://{new IPEndPoint(address, server.Port)}") },
        };
        var user = new YamlMappingNode
        {
            { "client-certificate-data", Text(Base64(client.ExportCertificatePem())) },
            { "client-key-data", Text(Base64(key!.ExportPkcs8PrivateKeyPem())) },
        };
        var context = new YamlMappingNode { { "cluster", EntryName }, { "user", EntryName } };
        document.SetEntry("clusters", "cluster", cluster);
        document.SetEntry("users", "user", user);
        document.SetEntry("contexts", "context", context);
        document.CurrentContext = EntryName;
        return document;
    }

    /// <summary>Takes over our cluster, user and context of <paramref name="other"/>, in place of older ones.</summary>
    public void Merge(KubeconfigDocument other)
    {
        foreach (var list in Lists)
        {
            if (Find(other._root, list) is YamlSequenceNode source && FindEntry(source) is { } entry)
            {
                RemoveEntry(list);
                ListOf(list).Add(entry);
            }
        }
    }

    public void RemoveNacelle()
    {
        foreach (var list in Lists)
        {
            RemoveEntry(list);
        }
    }

    public bool HasContext(string name) =>
        Find(_root, "contexts") is YamlSequenceNode contexts && contexts.Children.Any(c => NameOf(c) == name);

    public string ToYaml()
    {
        var writer = new StringWriter();
        new YamlStream(new YamlDocument(_root)).Save(writer, assignAnchors: false);
        var text = writer.ToString().ReplaceLineEndings("\n");

        // YamlStream ends a document with "...", which kubectl reads but no kubeconfig carries.
        return text.EndsWith("...\n", StringComparison.Ordinal) ? text[..^4] : text;
    }

    private void SetEntry(string list, string key, YamlMappingNode value) =>
        ListOf(list).Add(new YamlMappingNode { { key, value }, { "name", EntryName } });

    private YamlSequenceNode ListOf(string list)
    {
        if (Find(_root, list) is YamlSequenceNode present)
        {
            return present;
        }

        var made = new YamlSequenceNode();
        _root.Children[new YamlScalarNode(list)] = made;
        return made;
    }

    private void RemoveEntry(string list)
    {
        if (Find(_root, list) is YamlSequenceNode sequence && FindEntry(sequence) is { } entry)
        {
            sequence.Children.Remove(entry);
        }
    }

    private static YamlNode? FindEntry(YamlSequenceNode sequence) => sequence.Children.FirstOrDefault(c => NameOf(c) == EntryName);

    private static string? NameOf(YamlNode entry) =>
        entry is YamlMappingNode mapping && Find(mapping, "name") is YamlScalarNode name ? name.Value : null;

    private static YamlNode? Find(YamlMappingNode mapping, string key) =>
        mapping.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;

    private static YamlScalarNode Text(string value) => new(value) { Style = value.Length == 0 ? ScalarStyle.DoubleQuoted : ScalarStyle.Any };

    private static string Base64(string pem) => Convert.ToBase64String(Encoding.UTF8.GetBytes(pem + "\n"));
}
