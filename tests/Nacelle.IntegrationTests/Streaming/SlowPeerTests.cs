using System.Diagnostics;
using System.Security.Cryptography;
using Xunit;

namespace Nacelle.IntegrationTests.Streaming;

/// <summary>Peers that pause longer than any default limit of the servers on the way. Explicit, as each takes its time: run with -explicit only.</summary>
public sealed class SlowPeerTests
{
    private const int Size = 100 * 1024 * 1024;

    public static TheoryData<string> Versions => ["1.29", "1.33", .. Kubectl.Versions.Contains("1.35") ? new[] { "1.35" } : []];

    private static string Source => $"yes 0123456789abcdef | head -c {Size}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Explicit = true)]
    [MemberData(nameof(Versions))]
    public async Task Exec_ClientDoesNotReadForHalfAMinute_NothingIsLost(string version)
    {
        await using var lab = await new StreamingLab().StartAsync();
        using var process = lab.Kubectl(version).Start("exec", "web", "-c", "main", "--", "sh", "-c", Source);
        await Task.Delay(TimeSpan.FromSeconds(30), Token);

        var hash = await SHA256.HashDataAsync(process.StandardOutput.BaseStream, Token);

        Assert.Equal(await ExpectedAsync(), Convert.ToHexStringLower(hash));
    }

    [Theory(Explicit = true)]
    [MemberData(nameof(Versions))]
    public async Task Exec_ProcessDoesNotReadForHalfAMinute_NothingIsLost(string version)
    {
        await using var lab = await new StreamingLab().StartAsync();
        using var process = lab.Kubectl(version).Start("exec", "-i", "web", "-c", "main", "--", "sh", "-c", "sleep 30; sha256sum");
        using var source = Process.Start(new ProcessStartInfo("sh", ["-c", Source]) { RedirectStandardOutput = true })!;

        await source.StandardOutput.BaseStream.CopyToAsync(process.StandardInput.BaseStream, Token);
        process.StandardInput.Close();

        Assert.Equal($"{await ExpectedAsync()}  -\n", await process.StandardOutput.ReadToEndAsync(Token));
    }

    [Theory(Explicit = true)]
    [MemberData(nameof(Versions))]
    public async Task Exec_NothingHappensForTwoMinutes_StaysOpen(string version)
    {
        await using var lab = await new StreamingLab().StartAsync();
        using var process = lab.Kubectl(version).Start("exec", "-i", "web", "-c", "main", "--", "sh", "-c", "read x; echo got $x");
        await Task.Delay(TimeSpan.FromMinutes(2), Token);

        await process.StandardInput.WriteAsync("it\n");
        process.StandardInput.Close();

        Assert.Equal("got it\n", await process.StandardOutput.ReadToEndAsync(Token));
    }

    private static async Task<string> ExpectedAsync()
    {
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", Source + " | sha256sum"]) { RedirectStandardOutput = true })!;
        return (await process.StandardOutput.ReadToEndAsync(Token)).Split(' ')[0];
    }
}
