using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Nacelle.ApiServer;
using Nacelle.ApiServer.Security;
using Nacelle.Controllers;
using Nacelle.Kubernetes.Client;

namespace Nacelle.UnitTests.Controllers;

/// <summary>A real API server on a free port of 127.0.0.1 with the controllers as its clients over TLS, in a directory of its own.</summary>
internal sealed class ServedApi : IAsyncDisposable
{
    private const string Token = "test-token";

    private readonly string _directory;
    private readonly ApiServerHost _server;
    private readonly ControllersHost _controllers;

    private ServedApi(string directory, ApiServerHost server, ControllersHost controllers, KubernetesApi client)
        => (_directory, _server, _controllers, Client) = (directory, server, controllers, client);

    public KubernetesApi Client { get; }

    public static async Task<ServedApi> StartAsync(CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("nacelle-controllers-").FullName;
        using var certificate = Certificate();
        var server = await ApiServerHost.StartAsync(
            new ApiServerOptions
            {
                StateDirectory = Path.Combine(directory, "apiserver"),
                Listen = new IPEndPoint(IPAddress.Loopback, 0),
                UnixSocketPath = null,
                ServingCertificate = X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null),
                Tokens = new Dictionary<string, UserInfo> { [Token] = new("test", ["system:masters"]) },
            },
            NullLoggerFactory.Instance,
            cancellationToken);
        var kubeconfig = Path.Combine(directory, "kubeconfig");
        await File.WriteAllTextAsync(kubeconfig, Kubeconfig(server.Endpoint!, certificate), cancellationToken);
        var controllers = await ControllersHost.StartAsync(
            new ControllersOptions { Kubeconfig = kubeconfig, HostName = "test" }, NullLoggerFactory.Instance, cancellationToken);
        return new ServedApi(directory, server, controllers, new KubernetesApi(Nacelle.Kubernetes.Client.Kubeconfig.Load(kubeconfig), "test"));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _controllers.DisposeAsync();
        await _server.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
    }

    private static string Kubeconfig(IPEndPoint endpoint, X509Certificate2 authority) => $$"""
        apiVersion: v1
        kind: Config
        current-context: test
        contexts: [{name: test, context: {cluster: test, user: test} }]
        users: [{name: test, user: {token: "{{Token}}" } }]
        clusters:
        - name: test
          cluster:
            server: https://{{endpoint}}
            certificate-authority-data: {{Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(authority.ExportCertificatePem()))}}
        """;
}
