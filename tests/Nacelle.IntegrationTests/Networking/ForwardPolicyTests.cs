using System.Net;
using Nacelle.Linux.Namespaces;
using Nacelle.Runtime.Networking;
using Nacelle.Runtime.Networking.PacketFilters;
using Xunit;

namespace Nacelle.IntegrationTests.Networking;

/// <summary>Against the real iptables in a network namespace of the test's own: the machine's FORWARD chain is not ours to change.</summary>
public sealed class ForwardPolicyTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("nacelle-forward-").FullName;
    private readonly string _namespace;
    private readonly string _iptables;

    public ForwardPolicyTests()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        _namespace = Path.Combine(_directory, "netns");
        NetworkNamespace.Create(_namespace);
        _iptables = Wrap("iptables");
        Wrap("iptables-restore");
    }

    [Theory]
    [InlineData("DROP", 2)]
    [InlineData("ACCEPT", 0)]
    public async Task OpenAsync_Twice_AddsTheRulesOnceAndOnlyWhereThePolicyDrops(string policy, int rules)
    {
        await TestProgram.RunAsync(_iptables, "-P", "FORWARD", policy);
        var forward = new ForwardPolicy(_iptables);
        await forward.OpenAsync("nct0", TestContext.Current.CancellationToken);
        await forward.OpenAsync("nct0", TestContext.Current.CancellationToken);

        Assert.Equal(rules, await CountAsync("FORWARD", "filter"));
        await forward.CloseAsync("nct0", TestContext.Current.CancellationToken);
        Assert.Equal(0, await CountAsync("FORWARD", "filter"));
    }

    [Fact]
    public async Task IptablesFilter_ApplyTwiceThenRemove_LeavesNoRuleAndNoChain()
    {
        var filter = new IptablesFilter(_iptables, Path.Combine(_directory, "rules"));
        var rules = new PacketRules("nct0", IPNetwork.Parse("10.213.0.0/28"),
            [(new HostPort("tcp", null, 8080, 80), IPAddress.Parse("10.213.0.2")), (new HostPort("udp", "127.0.0.1", 53, 53), IPAddress.Parse("10.213.0.2"))]);
        await filter.ApplyAsync(rules, TestContext.Current.CancellationToken);
        await filter.ApplyAsync(rules, TestContext.Current.CancellationToken);

        var nat = await TestProgram.RunAsync(_iptables, "-t", "nat", "-S");
        Assert.Equal(6, nat.Split('\n').Count(line => line.StartsWith("-A NCL-", StringComparison.Ordinal)));
        Assert.Equal(3, nat.Split('\n').Count(line => line.Contains("-j NCL-", StringComparison.Ordinal)));

        await filter.RemoveAsync("nct0", TestContext.Current.CancellationToken);
        await filter.RemoveAsync("nct0", TestContext.Current.CancellationToken);
        Assert.DoesNotContain("NCL", await TestProgram.RunAsync(_iptables, "-t", "nat", "-S"), StringComparison.Ordinal);
        Assert.DoesNotContain("NCL", await TestProgram.RunAsync(_iptables, "-t", "raw", "-S"), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        NetworkNamespace.Remove(_namespace);
        Directory.Delete(_directory, recursive: true);
    }

    private async Task<int> CountAsync(string chain, string table) =>
        (await TestProgram.RunAsync(_iptables, "-t", table, "-S", chain)).Split('\n').Count(line => line.StartsWith("-A", StringComparison.Ordinal));

    private string Wrap(string program)
    {
        var path = Path.Combine(_directory, program);
        File.WriteAllText(path, $"#!/bin/sh\nexec nsenter --net={_namespace} /usr/sbin/{program} \"$@\"\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }
}
