using k8s.Models;
using Nacelle.Kubelet;
using Nacelle.Kubelet.Environments;
using Nacelle.Kubelet.Resources;
using Nacelle.Kubelet.Volumes;
using Xunit;

namespace Nacelle.IntegrationTests.Kubelet;

public sealed class PodVolumesTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("nacelle-volumes-").FullName;
    private readonly Dictionary<string, V1ConfigMap> _configMaps = [];
    private readonly Dictionary<string, V1Secret> _secrets = [];
    private readonly PodVolumes _volumes;
    private readonly V1Pod _pod = new()
    {
        Metadata = new V1ObjectMeta { Name = "p", NamespaceProperty = "ns", Uid = "u1", Labels = new Dictionary<string, string> { ["app"] = "x" } },
        Spec = new V1PodSpec { Containers = [new V1Container { Name = "c" }], Volumes = [] },
    };

    public PodVolumesTests()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        _volumes = new PodVolumes(Path.Combine(_directory, "pods"), new PodObjects
        {
            ConfigMap = (_, name, _) => Task.FromResult(_configMaps.GetValueOrDefault(name)),
            Secret = (_, name, _) => Task.FromResult(_secrets.GetValueOrDefault(name)),
        }, new NodeResources(2000, 4L << 30, 1L << 30), TimeProvider.System);
    }

    [Fact]
    public async Task SetUpAsync_EveryKind_MakesItAndTearDownRemovesIt()
    {
        _configMaps["map"] = new V1ConfigMap { Data = new Dictionary<string, string> { ["a.conf"] = "one" } };
        _secrets["secret"] = new V1Secret { Data = new Dictionary<string, byte[]> { ["key"] = "geheim"u8.ToArray() } };
        _pod.Spec.Volumes =
        [
            new V1Volume { Name = "disk", EmptyDir = new V1EmptyDirVolumeSource() },
            new V1Volume { Name = "memory", EmptyDir = new V1EmptyDirVolumeSource { Medium = "Memory", SizeLimit = new ResourceQuantity("1Mi") } },
            new V1Volume { Name = "host", HostPath = new V1HostPathVolumeSource { Path = In("made"), Type = "DirectoryOrCreate" } },
            new V1Volume { Name = "map", ConfigMap = new V1ConfigMapVolumeSource { Name = "map" } },
            new V1Volume
            {
                Name = "secret",
                Secret = new V1SecretVolumeSource
                {
                    SecretName = "secret", DefaultMode = 0x100, Items = [new V1KeyToPath { Key = "key", Path = "deep/er/key" }],
                },
            },
            new V1Volume
            {
                Name = "all",
                Projected = new V1ProjectedVolumeSource
                {
                    Sources =
                    [
                        new V1VolumeProjection { ConfigMap = new V1ConfigMapProjection { Name = "map" } },
                        new V1VolumeProjection { Secret = new V1SecretProjection { Name = "none", Optional = true } },
                        new V1VolumeProjection
                        {
                            DownwardAPI = new V1DownwardAPIProjection
                            {
                                Items = [new V1DownwardAPIVolumeFile { Path = "labels", FieldRef = new V1ObjectFieldSelector { FieldPath = "metadata.labels" } }],
                            },
                        },
                    ],
                },
            },
        ];

        var paths = await _volumes.SetUpAsync(_pod, Token);
        Assert.Equal(paths, await _volumes.SetUpAsync(_pod, Token));

        Assert.Equal("750", Mode(In("pods/u1")));
        Assert.Equal("777", Mode(paths["disk"]));
        Assert.Equal("1777", Mode(paths["memory"]));
        Assert.Equal("tmpfs", await FileSystemAsync(paths["memory"]));
        Assert.Throws<IOException>(() => File.WriteAllBytes(Path.Combine(paths["memory"], "big"), new byte[2 << 20]));
        Assert.True(Directory.Exists(In("made")));
        Assert.Equal("one", File.ReadAllText(Path.Combine(paths["map"], "a.conf")));
        Assert.Equal("geheim", File.ReadAllText(Path.Combine(paths["secret"], "deep/er/key")));
        Assert.Equal("400", Mode(Path.Combine(paths["secret"], "deep/er/key")));
        Assert.Equal("tmpfs", await FileSystemAsync(paths["secret"]));
        Assert.NotEqual("tmpfs", await FileSystemAsync(paths["map"]));
        Assert.Equal("app=\"x\"", File.ReadAllText(Path.Combine(paths["all"], "labels")));

        await _volumes.TearDownAsync("u1", Token);
        await _volumes.TearDownAsync("u1", Token);
        Assert.Empty(Directory.EnumerateFileSystemEntries(In("pods/u1")));
        Assert.True(Directory.Exists(In("made")));
    }

    [Fact]
    public async Task RefreshAsync_ObjectChanged_FilesFollowAndAMissingOneKeepsThem()
    {
        _configMaps["map"] = new V1ConfigMap { Data = new Dictionary<string, string> { ["k"] = "1" } };
        _pod.Spec.Volumes = [new V1Volume { Name = "map", ConfigMap = new V1ConfigMapVolumeSource { Name = "map" } }];
        var path = (await _volumes.SetUpAsync(_pod, Token))["map"];

        _configMaps["map"] = new V1ConfigMap { Data = new Dictionary<string, string> { ["k"] = "2", ["l"] = "3" } };
        Assert.Empty(await _volumes.RefreshAsync(_pod, Token));
        Assert.Equal(("2", "3"), (File.ReadAllText(Path.Combine(path, "k")), File.ReadAllText(Path.Combine(path, "l"))));

        _configMaps.Clear();
        var failure = Assert.Single(await _volumes.RefreshAsync(_pod, Token));
        Assert.Equal("MountVolume.SetUp failed for volume \"map\" : configmap \"map\" not found", failure.Message);
        Assert.Equal("2", File.ReadAllText(Path.Combine(path, "k")));
    }

    public static TheoryData<string, V1Volume> Refused => new()
    {
        { "configmap \"none\" not found", new V1Volume { ConfigMap = new V1ConfigMapVolumeSource { Name = "none" } } },
        { "secret \"none\" not found", new V1Volume { Secret = new V1SecretVolumeSource { SecretName = "none" } } },
        {
            "configmap references non-existent config key: x",
            new V1Volume { ConfigMap = new V1ConfigMapVolumeSource { Name = "empty", Items = [new V1KeyToPath { Key = "x", Path = "x" }] } }
        },
        {
            "references non-existent secret key: x",
            new V1Volume { Secret = new V1SecretVolumeSource { SecretName = "empty", Items = [new V1KeyToPath { Key = "x", Path = "x" }] } }
        },
        { "hostPath type check failed: /proc/version is not a directory", Host("/proc/version", "Directory") },
        { "hostPath type check failed: /proc is not a file", Host("/proc", "File") },
        { "hostPath type check failed: /nowhere is not a directory", Host("/nowhere", "Directory") },
        { "hostPath type check failed: /dev/null is not a socket file", Host("/dev/null", "Socket") },
        { "hostPath type check failed: /proc is not a character device", Host("/proc", "CharDevice") },
        { "hostPath type check failed: /dev/null is not a block device", Host("/dev/null", "BlockDevice") },
    };

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public async Task SetUpAsync_SomethingMissing_HasTheKubeletsMessage(string cause, V1Volume volume)
    {
        _configMaps["empty"] = new V1ConfigMap();
        _secrets["empty"] = new V1Secret();
        volume.Name = "v";
        _pod.Spec.Volumes = [volume];

        var refused = await Assert.ThrowsAsync<VolumeException>(() => _volumes.SetUpAsync(_pod, Token));
        Assert.Equal($"MountVolume.SetUp failed for volume \"v\" : {cause}", refused.Message);
    }

    [Fact]
    public async Task SetUpAsync_KindNotSupported_NamesTheFieldAndMakesNothing()
    {
        _pod.Spec.Volumes =
        [
            new V1Volume { Name = "a", EmptyDir = new V1EmptyDirVolumeSource() },
            new V1Volume { Name = "b", Nfs = new V1NFSVolumeSource { Server = "s", Path = "/" } },
        ];

        var refused = await Assert.ThrowsAsync<UnsupportedVolumeException>(() => _volumes.SetUpAsync(_pod, Token));
        Assert.Equal("spec.volumes[1].nfs", refused.Field);
        Assert.False(Directory.Exists(In("pods/u1")));
    }

    [Fact]
    public async Task SetUpAsync_ServiceAccountToken_IsRefusedWithAReason()
    {
        _pod.Spec.Volumes =
        [
            new V1Volume
            {
                Name = "t",
                Projected = new V1ProjectedVolumeSource { Sources = [new V1VolumeProjection { ServiceAccountToken = new V1ServiceAccountTokenProjection() }] },
            },
        ];

        var refused = await Assert.ThrowsAsync<UnsupportedVolumeException>(() => _volumes.SetUpAsync(_pod, Token));
        Assert.Equal("spec.volumes[0].projected.sources[0].serviceAccountToken: service account tokens are not issued yet", refused.Message);
    }

    [Fact]
    public async Task SetUpAsync_FsGroup_OwnsAndOpensTheVolumes()
    {
        _secrets["s"] = new V1Secret { Data = new Dictionary<string, byte[]> { ["k"] = [1] } };
        _pod.Spec.SecurityContext = new V1PodSecurityContext { FsGroup = 4321 };
        _pod.Spec.Volumes =
        [
            new V1Volume { Name = "d", EmptyDir = new V1EmptyDirVolumeSource() },
            new V1Volume { Name = "s", Secret = new V1SecretVolumeSource { SecretName = "s", DefaultMode = 0x100 } },
        ];
        var paths = await _volumes.SetUpAsync(_pod, Token);

        Assert.Equal("2777 4321", await StatAsync("%a %g", paths["d"]));
        Assert.Equal("440 4321", await StatAsync("%a %g", Path.Combine(paths["s"], "..data/k")));
        Assert.Equal(paths, await _volumes.SetUpAsync(_pod, Token));
    }

    [Fact]
    public async Task Prepare_SubPath_IsResolvedBeneathTheVolumeOnly()
    {
        _pod.Spec.Volumes = [new V1Volume { Name = "d", EmptyDir = new V1EmptyDirVolumeSource() }];
        var volume = (await _volumes.SetUpAsync(_pod, Token))["d"];
        File.WriteAllText(Path.Combine(volume, "file"), "content");
        File.CreateSymbolicLink(Path.Combine(volume, "out"), "/etc");
        File.CreateSymbolicLink(Path.Combine(volume, "in"), "file");
        var subPaths = new SubPaths(In("pods"));

        Assert.Equal("content", File.ReadAllText(Prepare(subPaths, volume, new V1VolumeMount { SubPath = "file" })));
        Assert.Equal("content", File.ReadAllText(Prepare(subPaths, volume, new V1VolumeMount { SubPath = "in" })));
        var made = Prepare(subPaths, volume, new V1VolumeMount { SubPathExpr = "logs/$(NAME)/x" });
        Assert.Equal(made, Prepare(subPaths, volume, new V1VolumeMount { SubPathExpr = "logs/$(NAME)/x" }));
        File.WriteAllText(Path.Combine(made, "log"), "");
        Assert.True(File.Exists(Path.Combine(volume, "logs/p/x/log")));
        Assert.Equal("777", Mode(Path.Combine(volume, "logs/p")));
        Assert.Equal(volume, Prepare(subPaths, volume, new V1VolumeMount()));

        Assert.Contains("leads out of the volume", Refuse(subPaths, volume, new V1VolumeMount { SubPath = "out" }), StringComparison.Ordinal);
        Assert.Contains("leads out of the volume", Refuse(subPaths, volume, new V1VolumeMount { SubPath = "out/cron.d" }), StringComparison.Ordinal);
        Assert.Equal("unable to provision SubPath `a/../../b`: must not contain '..'", Refuse(subPaths, volume, new V1VolumeMount { SubPath = "a/../../b" }));
        Assert.Equal("error SubPath `/etc` must not be an absolute path", Refuse(subPaths, volume, new V1VolumeMount { SubPath = "/etc" }));
        Assert.Equal("missing value for \"NONE\"", Refuse(subPaths, volume, new V1VolumeMount { SubPathExpr = "$(NONE)" }));

        await _volumes.TearDownAsync("u1", Token);
        Assert.False(Directory.Exists(In("pods/u1/volume-subpaths")));
        Assert.False(Directory.Exists(volume));
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _volumes.TearDownAsync("u1", CancellationToken.None);
        Assert.DoesNotContain(_directory, File.ReadAllText("/proc/self/mountinfo"), StringComparison.Ordinal);
        Directory.Delete(_directory, recursive: true);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static V1Volume Host(string path, string type) => new() { HostPath = new V1HostPathVolumeSource { Path = path, Type = type } };

    private string Prepare(SubPaths subPaths, string volume, V1VolumeMount mount)
    {
        mount.Name = "d";
        var container = new V1Container { Name = "c", VolumeMounts = [mount] };
        return subPaths.Prepare(_pod, container, 0, volume, [KeyValuePair.Create("NAME", "p")]);
    }

    private string Refuse(SubPaths subPaths, string volume, V1VolumeMount mount) =>
        Assert.Throws<ContainerConfigException>(() => Prepare(subPaths, volume, mount)).Message;

    private string In(string name) => Path.Combine(_directory, name);

    private static string Mode(string path) => Convert.ToString((int)File.GetUnixFileMode(path), 8);

    private static async Task<string> FileSystemAsync(string path) => (await Networking.TestProgram.RunAsync("stat", "-f", "-c", "%T", path)).Trim();

    private static async Task<string> StatAsync(string format, string path) => (await Networking.TestProgram.RunAsync("stat", "-c", format, path)).Trim();
}
