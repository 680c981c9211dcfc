using System.Diagnostics;
using System.Security.Cryptography;
using Xunit;

namespace Nacelle.IntegrationTests.Streaming;

/// <summary>Much data, slow readers, and clients that leave.</summary>
public sealed class KubectlBulkTests
{
    private const int Size = 100 * 1024 * 1024;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("1.29")]
    [InlineData("1.33")]
    public async Task Exec_HundredMegabytesOut_NoneIsLost(string version)
    {
        await using var lab = await new StreamingLab().StartAsync();
        using var process = lab.Kubectl(version).Start("exec", "web", "-c", "main", "--", "sh", "-c", Source + "; exit 7");

        var hash = await SHA256.HashDataAsync(process.StandardOutput.BaseStream, Token);
        await process.WaitForExitAsync(Token);

        Assert.Equal((7, await ExpectedAsync()), (process.ExitCode, Convert.ToHexStringLower(hash)));
    }

    [Theory]
    [InlineData("1.29")]
    [InlineData("1.33")]
    public async Task Exec_HundredMegabytesIn_NoneIsLost(string version)
    {
        await using var lab = await new StreamingLab().StartAsync();
        using var process = lab.Kubectl(version).Start("exec", "-i", "web", "-c", "main", "--", "sha256sum");
        using var source = Process.Start(new ProcessStartInfo("sh", ["-c", Source]) { RedirectStandardOutput = true })!;

        await source.StandardOutput.BaseStream.CopyToAsync(process.StandardInput.BaseStream, Token);
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);

        Assert.Equal((0, $"{await ExpectedAsync()}  -\n"), (process.ExitCode, output));
    }

    [Theory]
    [InlineData("1.29")]
    [InlineData("1.33")]
    public async Task Exec_ClientKilled_ProcessSeesItsStreamsEnd(string version)
    {
        var directory = Directory.CreateTempSubdirectory("nacelle-gone");
        var marker = Path.Combine(directory.FullName, "gone");
        await using var lab = await new StreamingLab().StartAsync();
        using var process = lab.Kubectl(version).Start("exec", "-i", "web", "-c", "main", "--", "sh", "-c", $"echo up; cat; echo done > {marker}");
        Assert.Equal("up", await process.StandardOutput.ReadLineAsync(Token));

        process.Kill();

        await Eventually.HoldsAsync(() => File.Exists(marker), "the process sees the end of its standard input");
        directory.Delete(recursive: true);
    }

    [Theory]
    [InlineData("1.29")]
    [InlineData("1.33")]
    public async Task Cp_BothWays_GivesTheSameFile(string version)
    {
        var directory = Directory.CreateTempSubdirectory("nacelle-cp");
        Directory.CreateDirectory(Path.Combine(directory.FullName, "inside"));
        var (source, inside, back) = (
            Path.Combine(directory.FullName, "source"), Path.Combine(directory.FullName, "inside", "copy"), Path.Combine(directory.FullName, "back"));
        var content = RandomNumberGenerator.GetBytes(50 * 1024 * 1024);
        await File.WriteAllBytesAsync(source, content, Token);
        await using var lab = await new StreamingLab().StartAsync();

        var there = await lab.Kubectl(version).RunAsync("", "cp", source, $"default/web:{inside}", "-c", "main");
        var again = await lab.Kubectl(version).RunAsync("", "cp", $"default/web:{inside}", back, "-c", "main");

        Assert.Equal((0, 0), (there.ExitCode, again.ExitCode));
        var copied = await File.ReadAllBytesAsync(back, Token);
        Assert.True(content.AsSpan().SequenceEqual(copied));
        directory.Delete(recursive: true);
    }

    private static string Source => $"yes 0123456789abcdef | head -c {Size}";

    private static async Task<string> ExpectedAsync()
    {
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", Source + " | sha256sum"]) { RedirectStandardOutput = true })!;
        return (await process.StandardOutput.ReadToEndAsync(Token)).Split(' ')[0];
    }
}
