using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Nacelle.Controllers.ServiceAccounts;
using Nacelle.Kubernetes.Client;
using Xunit;

namespace Nacelle.UnitTests.Controllers.ServiceAccounts;

public sealed class NamespaceDefaultsControllerTests : IDisposable
{
    private readonly ScriptedApi _api = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task Run_ActiveNamespace_GetsItsAccountAndTheAuthority()
    {
        _api.Add(ResourceKinds.Namespaces, Namespace("going", DateTime.UnixEpoch));
        _api.Add(ResourceKinds.Namespaces, Namespace("default"));
        await using var running = Start();

        var (request, account) = await _api.NextWriteAsync(Cancellation);
        Assert.Equal("POST /api/v1/namespaces/default/serviceaccounts", request);
        Assert.Equal("default", (string?)account!["metadata"]!["name"]);
        (request, var map) = await _api.NextWriteAsync(Cancellation);
        Assert.Equal("POST /api/v1/namespaces/default/configmaps", request);
        Assert.Equal(("kube-root-ca.crt", "PEM"), ((string?)map!["metadata"]!["name"], (string?)map["data"]!["ca.crt"]));
        Assert.False(_api.HasWrites);
    }

    [Fact]
    public async Task Run_AccountThatSomeoneDeletes_ComesBack()
    {
        _api.Add(ResourceKinds.Namespaces, Namespace("default"));
        await using var running = Start();
        await _api.NextWriteAsync(Cancellation);
        await _api.NextWriteAsync(Cancellation);

        await _api.WatchedAsync(ResourceKinds.ServiceAccounts, Cancellation);
        _api.Delete(ResourceKinds.ServiceAccounts, NamespaceDefaults.Account("default"));

        Assert.Equal("POST /api/v1/namespaces/default/serviceaccounts", (await _api.NextWriteAsync(Cancellation)).Request);
    }

    [Fact]
    public async Task Run_AuthorityThatSomeoneChanges_IsPutRight()
    {
        _api.Add(ResourceKinds.Namespaces, Namespace("default"));
        await using var running = Start();
        await _api.NextWriteAsync(Cancellation);
        await _api.NextWriteAsync(Cancellation);

        _api.Add(ResourceKinds.ConfigMaps, NamespaceDefaults.Authority("default", "forged"));

        var (request, map) = await _api.NextWriteAsync(Cancellation);
        Assert.Equal("PUT /api/v1/namespaces/default/configmaps/kube-root-ca.crt", request);
        Assert.Equal("PEM", (string?)map!["data"]!["ca.crt"]);
    }

    private RunningController Start()
        => new(new NamespaceDefaultsController(_api.Client(), "PEM", TimeProvider.System, NullLogger.Instance).RunAsync);

    private static V1Namespace Namespace(string name, DateTime? deleted = null) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, Uid = name, DeletionTimestamp = deleted },
    };
}
