using k8s.Models;

namespace Nacelle.Controllers.ServiceAccounts;

/// <summary>What every active namespace holds from the start: the ServiceAccount <c>default</c> and the ConfigMap <c>kube-root-ca.crt</c>.</summary>
public static class NamespaceDefaults
{
    public const string AccountName = "default";

    public const string AuthorityName = "kube-root-ca.crt";

    public const string AuthorityKey = "ca.crt";

    /// <summary>The text that kube-controller-manager writes there, so that tools which look for it find it.</summary>
    private const string Description =
        "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or "
        + "kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.";

    public static V1ServiceAccount Account(string ns) => new()
    {
        ApiVersion = "v1",
        Kind = "ServiceAccount",
        Metadata = new V1ObjectMeta { Name = AccountName, NamespaceProperty = ns },
    };

    /// <param name="ns">The namespace.</param>
    /// <param name="authority">The API server's certificate authority, PEM.</param>
    public static V1ConfigMap Authority(string ns, string authority) => new()
    {
        ApiVersion = "v1",
        Kind = "ConfigMap",
        Metadata = new V1ObjectMeta
        {
            Name = AuthorityName,
            NamespaceProperty = ns,
            Annotations = new Dictionary<string, string> { ["kubernetes.io/description"] = Description },
        },
        Data = new Dictionary<string, string> { [AuthorityKey] = authority },
    };
}
