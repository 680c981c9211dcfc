using Nacelle.Kubernetes.Entrypoints;
using Xunit;

namespace Nacelle.UnitTests.Kubernetes.Entrypoints;

/// <summary>The info map of containerd and CRI-O, and what a hostile image may put into it.</summary>
public sealed class ImageConfigurationTests
{
    [Fact]
    public void FromInfo_ContainerdsDocument_IsRead()
    {
        var image = ImageConfiguration.FromInfo(
            """
            {"chainID": "sha256:0", "imageSpec": {"architecture": "amd64", "os": "linux",
             "config": {"Entrypoint": ["/init"], "Cmd": ["a", "b"], "Env": ["X=1"], "Labels": {"l": "v"}},
             "history": [{"created_by": "RUN one"}, {"empty_layer": true}, {"created_by": "COPY two"}]}}
            """)!;

        Assert.Equal(["/init"], image.Entrypoint);
        Assert.Equal(["a", "b"], image.Cmd);
        Assert.Equal(["X=1"], image.Env);
        Assert.Equal(["RUN one", "COPY two"], image.BuildSteps);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"id": "sha256:0"}""")]
    [InlineData("""{"imageSpec": "x"}""")]
    public void FromInfo_NoSuchDocument_IsNotKnown(string info) => Assert.Null(ImageConfiguration.FromInfo(info));

    [Theory]
    [InlineData("""{"imageSpec": {}}""")]
    [InlineData("""{"imageSpec": {"config": null, "history": {}}}""")]
    [InlineData("""{"imageSpec": {"config": {"Entrypoint": "sh", "Cmd": null, "Env": [1, {}]}, "history": [1, {"created_by": []}]}}""")]
    [InlineData("""{"imageSpec": {"config": {"Entrypoint": ["\ud800"]}}}""")]
    public void FromInfo_UnexpectedForms_AreLeftOut(string info)
    {
        var image = ImageConfiguration.FromInfo(info)!;

        Assert.Equal((0, 0, 0, 0), (image.Entrypoint.Length, image.Cmd.Length, image.Env.Length, image.BuildSteps.Length));
    }
}
