using k8s.Models;
using Nacelle.Kubelet;
using Nacelle.Kubelet.Environments;
using Nacelle.Kubelet.Resources;
using Xunit;

namespace Nacelle.UnitTests.Kubelet.Environments;

public sealed class ContainerEnvironmentTests
{
    private readonly Dictionary<string, V1ConfigMap> _configMaps = [];
    private readonly Dictionary<string, V1Secret> _secrets = [];
    private readonly List<V1Service> _services = [];

    private readonly V1Pod _pod = new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = "p",
            NamespaceProperty = "ns",
            Uid = "u1",
            Labels = new Dictionary<string, string> { ["b"] = "2", ["a"] = "x\"y" },
            Annotations = new Dictionary<string, string> { ["example.org/k"] = "v" },
        },
        Spec = new V1PodSpec { NodeName = "n", ServiceAccountName = "default", Containers = [] },
    };

    [Fact]
    public async Task MakeAsync_EnvFrom_TakesKeysInOrderWithPrefixAndLaterSourcesWin()
    {
        _configMaps["c"] = new V1ConfigMap { Data = new Dictionary<string, string> { ["B"] = "c-b", ["A"] = "c-a" } };
        _secrets["s"] = new V1Secret { Data = new Dictionary<string, byte[]> { ["A"] = "s-a"u8.ToArray() } };
        var environment = await MakeAsync(new V1Container
        {
            EnvFrom =
            [
                new V1EnvFromSource { ConfigMapRef = new V1ConfigMapEnvSource { Name = "c" } },
                new V1EnvFromSource { Prefix = "P_", SecretRef = new V1SecretEnvSource { Name = "s" } },
                new V1EnvFromSource { SecretRef = new V1SecretEnvSource { Name = "s" } },
                new V1EnvFromSource { SecretRef = new V1SecretEnvSource { Name = "none", Optional = true } },
            ],
            Env = [new V1EnvVar { Name = "B", Value = "own" }],
        });

        Assert.Equal("A=s-a B=own P_A=s-a", Text(environment));
    }

    [Fact]
    public async Task MakeAsync_Values_SeeThoseBeforeThemOnly()
    {
        var environment = await MakeAsync(new V1Container
        {
            Env =
            [
                new V1EnvVar { Name = "A", Value = "$(B)" },
                new V1EnvVar { Name = "B", Value = "1" },
                new V1EnvVar { Name = "C", Value = "$(A)-$(B)-$$(B)" },
                new V1EnvVar { Name = "D" },
            ],
        });

        Assert.Equal("A=$(B) B=1 C=$(B)-1-$(B) D=", Text(environment));
    }

    [Theory]
    [InlineData("metadata.name", "p")]
    [InlineData("metadata.namespace", "ns")]
    [InlineData("metadata.uid", "u1")]
    [InlineData("metadata.labels['a']", "x\"y")]
    [InlineData("metadata.labels['none']", "")]
    [InlineData("metadata.annotations['example.org/k']", "v")]
    [InlineData("metadata.labels", "a=\"x\\\"y\"\nb=\"2\"")]
    [InlineData("spec.nodeName", "n")]
    [InlineData("spec.serviceAccountName", "default")]
    [InlineData("status.podIP", "10.0.0.2")]
    [InlineData("status.podIPs", "10.0.0.2,fd00::2")]
    [InlineData("status.hostIP", "192.0.2.1")]
    [InlineData("status.hostIPs", "192.0.2.1")]
    public async Task MakeAsync_FieldRef_IsTheFieldsText(string path, string expected) => Assert.Equal(expected, await ValueAsync(Field(path)));

    [Theory]
    [InlineData("spec.containers", "unsupported fieldPath: spec.containers")]
    [InlineData("metadata.name['x']", "fieldPath \"metadata.name['x']\" does not support subscript")]
    public async Task MakeAsync_UnknownField_IsRefused(string path, string message) => await RefusesAsync(Field(path), message);

    [Theory]
    [InlineData("limits.cpu", null, "2")] // 1500m
    [InlineData("limits.cpu", "1m", "1500")]
    [InlineData("requests.cpu", "1m", "250")]
    [InlineData("limits.memory", null, "67108864")]
    [InlineData("limits.memory", "1Mi", "64")]
    [InlineData("requests.memory", null, "0")]
    [InlineData("limits.ephemeral-storage", "1Gi", "10")] // the node's, as it has none
    [InlineData("requests.ephemeral-storage", null, "0")]
    public async Task MakeAsync_ResourceFieldRef_IsDividedAndRoundedUp(string resource, string? divisor, string expected) =>
        Assert.Equal(expected, await ValueAsync(new V1EnvVarSource
        {
            ResourceFieldRef = new V1ResourceFieldSelector { Resource = resource, Divisor = divisor is null ? null : new ResourceQuantity(divisor) },
        }));

    [Fact]
    public async Task MakeAsync_LimitThatTheContainerDoesNotHave_IsTheNodes() =>
        Assert.Equal("A=4", Text(await MakeAsync(new V1Container
        {
            Env = [Variable(new V1EnvVarSource { ResourceFieldRef = new V1ResourceFieldSelector { Resource = "limits.cpu" } })],
        })));

    public static TheoryData<V1EnvVarSource, string> MissingReferences => new()
    {
        { MapKey("none", "k"), "configmap \"none\" not found" },
        { MapKey("c", "none"), "couldn't find key none in ConfigMap ns/c" },
        { SecretKey("none", "k"), "secret \"none\" not found" },
        { SecretKey("s", "none"), "couldn't find key none in Secret ns/s" },
        { new V1EnvVarSource { ResourceFieldRef = new V1ResourceFieldSelector { Resource = "limits.gpu" } }, "unsupported container resource : limits.gpu" },
        { new V1EnvVarSource { FileKeyRef = new V1FileKeySelector { Key = "k", Path = "p", VolumeName = "v" } }, "env valueFrom.fileKeyRef is not supported" },
    };

    [Theory]
    [MemberData(nameof(MissingReferences))]
    public async Task MakeAsync_ReferenceToNothing_HasTheKubeletsMessage(V1EnvVarSource source, string message)
    {
        _configMaps["c"] = new V1ConfigMap { Data = new Dictionary<string, string>() };
        _secrets["s"] = new V1Secret();
        await RefusesAsync(source, message);
    }

    [Fact]
    public async Task MakeAsync_OptionalReferenceToNothing_LeavesTheVariableOut()
    {
        _configMaps["c"] = new V1ConfigMap();
        var environment = await MakeAsync(new V1Container
        {
            Env =
            [
                Variable(new V1EnvVarSource { ConfigMapKeyRef = new V1ConfigMapKeySelector { Name = "c", Key = "k", Optional = true } }),
                Variable(new V1EnvVarSource { SecretKeyRef = new V1SecretKeySelector { Name = "none", Key = "k", Optional = true } }),
                new V1EnvVar { Name = "B", Value = "b" },
            ],
        });

        Assert.Equal("B=b", Text(environment));
    }

    [Fact]
    public async Task MakeAsync_ServiceKubernetes_IsAlwaysThereAndOverridden()
    {
        _services.Add(new V1Service
        {
            Metadata = new V1ObjectMeta { Name = "kubernetes" },
            Spec = new V1ServiceSpec { ClusterIP = "10.0.0.1", Ports = [new V1ServicePort { Name = "https", Port = 443, Protocol = "TCP" }] },
        });
        _pod.Spec.EnableServiceLinks = false;
        var environment = await MakeAsync(new V1Container { Env = [new V1EnvVar { Name = "KUBERNETES_PORT", Value = "$(KUBERNETES_SERVICE_HOST)" }] });

        Assert.Equal("KUBERNETES_PORT=10.0.0.1 KUBERNETES_SERVICE_HOST=10.0.0.1 KUBERNETES_SERVICE_PORT=443 KUBERNETES_SERVICE_PORT_HTTPS=443 "
            + "KUBERNETES_PORT_443_TCP=tcp://10.0.0.1:443 KUBERNETES_PORT_443_TCP_PROTO=tcp KUBERNETES_PORT_443_TCP_PORT=443 "
            + "KUBERNETES_PORT_443_TCP_ADDR=10.0.0.1", Text(environment));
    }

    private static string Text(IEnumerable<KeyValuePair<string, string>> environment) => string.Join(' ', environment.Select(p => $"{p.Key}={p.Value}"));

    private static V1EnvVarSource Field(string path) => new() { FieldRef = new V1ObjectFieldSelector { FieldPath = path } };

    private static V1EnvVarSource MapKey(string name, string key) => new() { ConfigMapKeyRef = new V1ConfigMapKeySelector { Name = name, Key = key } };

    private static V1EnvVarSource SecretKey(string name, string key) => new() { SecretKeyRef = new V1SecretKeySelector { Name = name, Key = key } };

    private static V1EnvVar Variable(V1EnvVarSource source) => new() { Name = "A", ValueFrom = source };

    private async Task<string> ValueAsync(V1EnvVarSource source) => Assert.Single(await MakeAsync(WithResources(source))).Value;

    private async Task RefusesAsync(V1EnvVarSource source, string message) =>
        Assert.Equal(message, (await Assert.ThrowsAsync<ContainerConfigException>(() => MakeAsync(WithResources(source)))).Message);

    private static V1Container WithResources(V1EnvVarSource source) => new()
    {
        Name = "c",
        Env = [Variable(source)],
        Resources = new V1ResourceRequirements
        {
            Limits = new Dictionary<string, ResourceQuantity> { ["cpu"] = new("1500m"), ["memory"] = new("64Mi") },
            Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = new("250m") },
        },
    };

    private Task<IReadOnlyList<KeyValuePair<string, string>>> MakeAsync(V1Container container) => ContainerEnvironment.MakeAsync(
        _pod,
        container,
        new EnvironmentContext(["10.0.0.2", "fd00::2"], ["192.0.2.1"], new NodeResources(4000, 8L << 30, 10L << 30), new PodObjects
        {
            ConfigMap = (ns, name, _) => Task.FromResult(ns == "ns" ? _configMaps.GetValueOrDefault(name) : null),
            Secret = (ns, name, _) => Task.FromResult(ns == "ns" ? _secrets.GetValueOrDefault(name) : null),
            Services = (ns, _) => Task.FromResult<IReadOnlyList<V1Service>>(ns == "default" ? _services : []),
        }),
        TestContext.Current.CancellationToken);
}
