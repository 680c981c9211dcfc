using System.Diagnostics;
using Nacelle.Runtime.Images;
using Xunit;

namespace Nacelle.IntegrationTests.Images;

/// <summary>Debian's registry program with the images of <c>images/build.sh</c>, as docker.io's mirror.</summary>
public sealed class RealRegistryTests(BuiltImages images) : IClassFixture<BuiltImages>
{
    [Fact]
    public async Task PullAsync_Nginx_StartsItsProgram()
    {
        await using TestStore test = await StartAsync();

        Image nginx = await test.Store.PullAsync("nginx", null, TestContext.Current.CancellationToken);

        Assert.Equal(["docker.io/library/nginx:latest"], nginx.RepoTags);
        Assert.Equal(["nginx", "-g", "daemon off;"], nginx.Config.Cmd);
        Assert.Equal(("SIGQUIT", "80/tcp"), (nginx.Config.StopSignal, Assert.Single(nginx.Config.ExposedPorts)));
        using Overlay root = new(nginx);
        Assert.StartsWith("user  nginx;\nworker_processes  1;\n", File.ReadAllText(Path.Combine(root.Path, "etc/nginx/nginx.conf")), StringComparison.Ordinal);
        Assert.Equal("uid=101(nginx) gid=101(nginx) groups=101(nginx)", await RunAsync(root, "/bin/id", "nginx"));
        Assert.Contains("test is successful", await RunAsync(root, "/usr/sbin/nginx", "-t"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PullAsync_Busybox_HasItsApplets()
    {
        await using TestStore test = await StartAsync();

        Image busybox = await test.Store.PullAsync("busybox:1.28", null, TestContext.Current.CancellationToken);

        Assert.Equal(["sh"], busybox.Config.Cmd);
        using Overlay root = new(busybox);
        Assert.Equal("works", await RunAsync(root, "/bin/sh", "-c", "echo works | /bin/tee /dev/null | head -n 1"));
    }

    [Fact]
    public async Task PullAsync_ImagesOnTheSameBase_ShareItsLayer()
    {
        await using TestStore test = await StartAsync();

        Image[] pulled = await Task.WhenAll(
            test.Store.PullAsync("nginx", null, TestContext.Current.CancellationToken),
            test.Store.PullAsync("nacelle/runit", null, TestContext.Current.CancellationToken));

        Assert.Equal(pulled[0].Layers[0], pulled[1].Layers[0]);
        Assert.Equal(3, test.LayerCount);
    }

    [Fact]
    public async Task PullAsync_User1000_CarriesItsConfiguration()
    {
        await using TestStore test = await StartAsync();

        OciImageConfig config = (await test.Store.PullAsync("nacelle/user1000", null, TestContext.Current.CancellationToken)).Config;

        Assert.Equal(("1000:1000", "/home", "user"), (config.User, config.WorkingDir, config.Labels["dev.nacelle.test"]));
        Assert.Equal(["/data"], config.Volumes);
        Assert.Equal(["/bin/sh", "-c"], config.Entrypoint);
        Assert.Contains("COLOUR=green", config.Env);
    }

    private async Task<TestStore> StartAsync()
    {
        TestStore test = await TestStore.StartAsync();
        test.Mirrors = test.Mirrors.Add("docker.io", [images.Address]);
        await test.RestartAsync();
        return test;
    }

    private static async Task<string> RunAsync(Overlay root, params string[] command)
    {
        ProcessStartInfo start = new("chroot", [root.Path, .. command]) { RedirectStandardError = true, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync() + await error;
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, output);
        return output.Trim();
    }
}
