using Nacelle.IntegrationTests.Runtime;
using Nacelle.Runtime;
using Runtime.V1;
using Xunit;

namespace Nacelle.IntegrationTests.Images;

/// <summary>Images and the containers made of them, in a whole runtime.</summary>
public sealed class ImagesInUseTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RemoveImage_WhileContainersUseIt_TakesTheNameNowAndTheFilesWhenTheLastIsRemoved()
    {
        await using var lab = await RuntimeLab.StartAsync();
        var sandbox = lab.SandboxConfig();
        var pod = await lab.RunSandboxAsync(sandbox);
        var running = await lab.RunAsync(pod, sandbox, lab.ContainerConfig("running", "sleep", "1000"));
        var created = await lab.CreateAsync(pod, sandbox, lab.ContainerConfig("created", "sleep", "1000"));
        ImageSpec image = new() { Image = lab.ImageId };

        await lab.Images.RemoveImageAsync(new RemoveImageRequest { Image = image }, cancellationToken: Cancellation);
        Assert.Null((await lab.Images.ImageStatusAsync(new ImageStatusRequest { Image = image }, cancellationToken: Cancellation)).Image);
        await lab.Runtime.StartContainerAsync(new StartContainerRequest { ContainerId = created }, cancellationToken: Cancellation);

        await lab.StopRuntimeAsync();
        await lab.StartRuntimeAsync();
        Assert.Equal("/bin/busybox", (await lab.ShellAsync(running, "ls /bin/busybox")).Trim());
        Assert.Single(Layers(lab));

        foreach (var id in (string[])[running, created])
        {
            await lab.Runtime.StopContainerAsync(new StopContainerRequest { ContainerId = id, Timeout = 0 }, cancellationToken: Cancellation);
            await lab.Runtime.RemoveContainerAsync(new RemoveContainerRequest { ContainerId = id }, cancellationToken: Cancellation);
        }

        Assert.Empty(Layers(lab));
    }

    [Fact]
    public async Task StartAsync_ImagesOfANewerVersion_IsRefusedInOneLine()
    {
        await using var lab = await RuntimeLab.StartAsync();
        await lab.StopRuntimeAsync();
        var references = $"{lab.Options.StateDirectory}/images/references.json";
        var good = await File.ReadAllTextAsync(references, Cancellation);
        await File.WriteAllTextAsync(references, good.Replace("\"version\":1", "\"version\":9", StringComparison.Ordinal), Cancellation);

        var failure = await Assert.ThrowsAsync<RuntimeStartException>(lab.StartRuntimeAsync);
        Assert.Contains("was written by a newer version of nacelle", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);

        await File.WriteAllTextAsync(references, good, Cancellation);
        await lab.StartRuntimeAsync();
        Assert.Single((await lab.Images.ListImagesAsync(new ListImagesRequest(), cancellationToken: Cancellation)).Images);
    }

    private static string[] Layers(RuntimeLab lab) => Directory.GetDirectories($"{lab.Options.StateDirectory}/images/layers");
}
