using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

using Nacelle.Kubeconfigs;

namespace Nacelle.Pki;

/// <summary>
/// The keys of one installation, in <c>STATE/pki</c> (0700, files 0600): one authority, a serving certificate for the API server and
/// for the kubelet, a client certificate for each part and for the administrator, with their kubeconfigs, and the administrator's token.
/// Parts that start side by side take turns by a lock file; what is missing, damaged or within 30 days of its end is made anew.
/// </summary>
internal sealed class PkiDirectory
{
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);
    private readonly string _directory;

    private PkiDirectory(string directory) => _directory = directory;

    public required X509Certificate2 Authority { get; init; }

    public required X509Certificate2 ApiServerServing { get; init; }

    public required X509Certificate2 KubeletServing { get; init; }

    /// <summary>What the API server shows to the kubelet's node API.</summary>
    public required X509Certificate2 KubeletClient { get; init; }

    public required string AdminToken { get; init; }

    public string AdminKubeconfig => AdminKubeconfigPath(_directory);

    public string KubeletKubeconfig => Path.Combine(_directory, "kubelet.conf");

    public string ControllersKubeconfig => Path.Combine(_directory, "controllers.conf");

    public static string AdminKubeconfigPath(string pkiDirectory) => Path.Combine(pkiDirectory, "admin.conf");

    /// <param name="directory">Made if missing.</param>
    /// <param name="server">Where clients reach the API server; becomes part of the kubeconfigs and of its certificate.</param>
    /// <param name="nodeName">The node's name; becomes part of the kubelet's certificates.</param>
    /// <param name="clock">Decides what has to be renewed.</param>
    /// <exception cref="IOException">The directory can't be written.</exception>
    public static PkiDirectory Ensure(string directory, IPEndPoint server, string nodeName, TimeProvider clock)
    {
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var turn = TakeTurn(Path.Combine(directory, ".lock"));

        var now = clock.GetUtcNow();
        var store = new CertificateFiles(directory, now + RenewBefore);
        var authority = store.LoadOrCreateAuthority(() => CertificateIssuer.CreateAuthority("nacelle-ca", now));
        IPAddress[] loopback = [IPAddress.Loopback, IPAddress.IPv6Loopback];
        string[] apiNames = ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"];
        var apiAddresses = loopback.Append(ClientAddress(server)).Distinct().ToArray();

        X509Certificate2 Serving(string file, string commonName, string[] names, IPAddress[] addresses) => store.LoadOrIssue(
            file,
            authority,
            present => present.Subject == $"CN={commonName}" && addresses.All(a => present.MatchesHostname(a.ToString())),
            () => CertificateIssuer.IssueServer(authority, commonName, names, addresses, now));

        X509Certificate2 Client(string file, string user, string? group) => store.LoadOrIssue(
            file,
            authority,
            present => present.GetNameInfo(X509NameType.SimpleName, false) == user,
            () => CertificateIssuer.IssueClient(authority, user, group, now));

        void Kubeconfig(string file, X509Certificate2 client) => CertificateFiles.WriteSecret(
            Path.Combine(directory, file), KubeconfigDocument.ForNacelle(server, authority, client).ToYaml());

        var pki = new PkiDirectory(directory)
        {
            Authority = authority,
            ApiServerServing = Serving("apiserver", "kube-apiserver", apiNames, apiAddresses),
            KubeletServing = Serving("kubelet", $"system:node:{nodeName}", [nodeName, "localhost"], loopback),
            KubeletClient = Client("apiserver-kubelet-client", "kube-apiserver-kubelet-client", "system:masters"),
            AdminToken = store.LoadOrCreateText("admin.token", () => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24))),
        };

        Kubeconfig("admin.conf", Client("admin", "kubernetes-admin", "system:masters"));
        Kubeconfig("kubelet.conf", Client("kubelet-client", $"system:node:{nodeName}", "system:nodes"));
        Kubeconfig("controllers.conf", Client("controllers", "system:kube-controller-manager", null));
        return pki;
    }

    /// <summary>What clients on this machine connect to: loopback where the server listens everywhere.</summary>
    private static IPAddress ClientAddress(IPEndPoint server) =>
        server.Address.Equals(IPAddress.Any) || server.Address.Equals(IPAddress.IPv6Any) ? IPAddress.Loopback : server.Address;

    private static FileStream TakeTurn(string path)
    {
        // FileShare.None is an advisory lock (flock) on Linux, and goes away with the process.
        var deadline = Environment.TickCount64 + 10_000;
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path) && Environment.TickCount64 < deadline)
            {
                Thread.Sleep(10);
            }
        }
    }
}
