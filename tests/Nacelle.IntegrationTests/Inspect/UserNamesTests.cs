using Nacelle.Inspect.Processes;
using Nacelle.Linux.Processes;
using Xunit;

namespace Nacelle.IntegrationTests.Inspect;

/// <summary>The passwd of a container's own root, whatever it is.</summary>
public sealed class UserNamesTests
{
    private const string Names = "friend:x:4242:4242::/:/bin/sh";

    [Theory]
    [InlineData($"echo {Names} > etc/passwd", "friend")]
    [InlineData($"echo {Names} > names; ln -s /names etc/passwd", "friend")]
    [InlineData($"echo {Names} > names; ln -s ../../../../../../names etc/passwd", "friend")]
    [InlineData("ln -s /outside etc/passwd", "4242")]
    [InlineData("ln -s /proc/self/root/outside etc/passwd", "4242")]
    [InlineData("ln -s passwd etc/passwd", "4242")]
    [InlineData("mkfifo etc/passwd", "4242")]
    [InlineData("mkdir etc/passwd", "4242")]
    [InlineData("mknod etc/passwd c 1 5", "4242")]
    [InlineData("mount -t tmpfs none etc; echo " + Names + " > etc/passwd", "4242")]
    [InlineData("mount -t tmpfs none etc; mknod etc/passwd c 1 5", "4242")]
    [InlineData("true", "4242")]
    public async Task Find_Passwd_IsReadOnlyWhereItIsSafe(string make, string expected)
    {
        var root = Directory.CreateTempSubdirectory("nacelle-root-");
        var outside = root.FullName + "-outside";
        try
        {
            await File.WriteAllTextAsync(outside, "outsider:x:4242:4242::/:/bin/sh\n", ProcessLab.Cancellation);
            root.CreateSubdirectory("etc");
            make = make.Replace("/outside", outside, StringComparison.Ordinal);
            await using var lab = new ProcessLab();

            // In a mount namespace of its own: what is mounted goes with it.
            var app = await lab.StartAsync(
                "app", "unshare", "--mount", "sh", "-c", $"cd '{root.FullName}' && {make}; exec perl -e '$| = 1; chroot \".\" or die; print \"ready\\n\"; sleep 1000'");
            Assert.Equal("ready", await app.Output.ReadLineAsync(ProcessLab.Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(20), ProcessLab.Cancellation));

            Assert.Equal(expected, new UserNames(TimeProvider.System).Find(app.Container, 4242));
        }
        finally
        {
            File.Delete(outside);
            root.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Find_ContainerThatHasEnded_IsANumber()
    {
        await using var lab = new ProcessLab();
        var app = await lab.StartAsync("app", "sleep", "1000");
        var container = app.Container;
        await app.EndAsync();
        await ProcessLab.UntilAsync(() => ProcessFacts.TryRead(container.MainPid) is null, "it has ended");

        Assert.Equal("0", new UserNames(TimeProvider.System).Find(container, 0));
    }
}
