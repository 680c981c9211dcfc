using System.Runtime.InteropServices;
using System.Text;
using Nacelle.Runtime.Images;
using Nacelle.Runtime.Images.Layers;
using Nacelle.Runtime.Images.Oci;
using Xunit;

namespace Nacelle.UnitTests.Runtime.Images;

public sealed class PullPlanTests
{
    private const string A = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private const string B = "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
    private static readonly OciPlatform Amd64 = OciPlatform.For(Architecture.X64);
    private static readonly LayerLimits Limits = new() { MaxLayers = 3 };

    [Theory]
    [InlineData(Architecture.X64, "amd64")]
    [InlineData(Architecture.Arm64, "arm64-v8")]
    [InlineData(Architecture.Arm, "arm-v7")]
    public void Choose_Index_TakesThisMachinesManifest(Architecture architecture, string expected)
    {
        OciDescriptor[] manifests =
        [
            Entry("windows", "windows", "amd64"), Entry("unknown", "unknown", "unknown"), Entry("arm-v6", "linux", "arm", "v6"),
            Entry("arm-v7", "linux", "arm", "v7"), Entry("arm64-v8", "linux", "arm64", "v8"), Entry("amd64", "linux", "amd64"),
        ];

        Assert.Equal(expected, PullPlan.Choose(manifests, OciPlatform.For(architecture)).Digest);
    }

    [Fact]
    public void Choose_NoneForThisMachine_IsNotFound()
    {
        ImageException failure = Assert.Throws<ImageException>(() => PullPlan.Choose([Entry("a", "linux", "s390x")], Amd64));

        Assert.Equal((ImageError.NotFound, "no match for platform linux/amd64 in manifest: not found"), (failure.Error, failure.Message));
    }

    [Fact]
    public void For_ManifestAndConfiguration_GivesLayersWithChainIds()
    {
        PullPlan plan = PullPlan.For(Manifest(A, B), Document(A, B), Amd64, Limits);

        Assert.Equal(2, plan.Layers.Length);
        Assert.Equal(A, plan.Layers[0].ChainId.ToString());
        Assert.Equal(Digest.Of(Encoding.ASCII.GetBytes($"{A} {B}")), plan.Layers[1].ChainId);
    }

    [Fact]
    public void For_DifferentCounts_IsCorrupt() =>
        Assert.Equal(ImageError.Corrupt, Assert.Throws<ImageException>(() => PullPlan.For(Manifest(A, B), Document(A), Amd64, Limits)).Error);

    [Fact]
    public void For_TooManyLayers_IsRefused() =>
        Assert.Equal(ImageError.TooLarge, Assert.Throws<ImageException>(() => PullPlan.For(Manifest(A, A, A, A), Document(A, A, A, A), Amd64, Limits)).Error);

    [Fact]
    public void For_OtherArchitecture_IsNotFound() => Assert.Equal(
        ImageError.NotFound,
        Assert.Throws<ImageException>(() => PullPlan.For(Manifest(A), Document(A) with { Architecture = "arm64" }, Amd64, Limits)).Error);

    [Fact]
    public void For_DiffIdThatIsAPath_IsCorrupt() => Assert.Equal(
        ImageError.Corrupt, Assert.Throws<ImageException>(() => PullPlan.For(Manifest(A), Document("sha256:../../x"), Amd64, Limits)).Error);

    [Fact]
    public void ToConfig_DockerConfiguration_ReadsEveryPart()
    {
        OciImageDocument document = OciJson.Read(
            """
            {"architecture":"amd64","os":"linux","config":{"User":"nginx","Env":["A=1","B=2"],"Entrypoint":["/e"],"Cmd":["c","d"],"WorkingDir":"/w",
            "Volumes":{"/z":{},"/a":{}},"ExposedPorts":{"80/tcp":{}},"StopSignal":"SIGQUIT","Labels":{"k":"v"},"OnBuild":null},"rootfs":{"type":"layers","diff_ids":[]}}
            """u8,
            OciJson.Default.OciImageDocument,
            "test");
        OciImageConfig config = document.ToConfig();

        Assert.Equal(["/e"], config.Entrypoint);
        Assert.Equal(["c", "d"], config.Cmd);
        Assert.Equal(["A=1", "B=2"], config.Env);
        Assert.Equal(["/a", "/z"], config.Volumes);
        Assert.Equal(["80/tcp"], config.ExposedPorts);
        Assert.Equal(("nginx", "/w", "SIGQUIT", "v"), (config.User, config.WorkingDir, config.StopSignal, config.Labels["k"]));
    }

    [Fact]
    public void ToConfig_NullMembers_AreEmpty()
    {
        OciImageConfig config = OciJson.Read(
            """{"config":{"Entrypoint":null,"Cmd":null,"Env":null,"Volumes":null}}"""u8, OciJson.Default.OciImageDocument, "test").ToConfig();

        Assert.Empty(config.Entrypoint);
        Assert.Empty(config.Cmd);
        Assert.Empty(config.Volumes);
        Assert.Equal("", config.User);
    }

    private static OciDescriptor Entry(string digest, string os, string architecture, string? variant = null) => new()
    {
        Digest = digest,
        Platform = new OciPlatform { Os = os, Architecture = architecture, Variant = variant },
    };

    private static OciManifest Manifest(params string[] layers) => new()
    {
        SchemaVersion = 2,
        Config = new OciDescriptor { Digest = A },
        Layers = [.. layers.Select(layer => new OciDescriptor { Digest = layer, Size = 1 })],
    };

    private static OciImageDocument Document(params string[] diffIds) => new()
    {
        Os = "linux",
        Architecture = "amd64",
        Rootfs = new OciImageDocument.RootFsPart { DiffIds = diffIds },
    };
}
