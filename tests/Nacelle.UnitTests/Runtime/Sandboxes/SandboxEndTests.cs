using Nacelle.Runtime;
using Nacelle.Runtime.Sandboxes;
using Runtime.V1;
using Xunit;

namespace Nacelle.UnitTests.Runtime.Sandboxes;

public sealed class SandboxEndTests
{
    [Fact]
    public void Parse_TerminatedFromInside_TellsTheSender()
    {
        var end = SandboxEnd.Parse("code=0 signal=0 time=1795452235720016385\nsignal=15 pid=7 uid=1000\n");

        Assert.Equal(new SandboxEnd(1795452235720016385, 0, 15, 7, 1000), end);
        Assert.Equal("SIGTERM from PID 7 (uid 1000), container unknown, command unknown", SandboxStatusInfo.Describe(end!));
    }

    [Fact]
    public void Parse_SenderCouldBeRead_TellsItsCommandAndCgroup()
    {
        var end = SandboxEnd.Parse("code=0 signal=0 time=1\nsignal=15 pid=7 uid=0 command=sh\\x00-c\\x00kill\\x201\\x00 cgroup=/pods/p/0123\n")!;

        Assert.Equal(("sh -c kill 1", "/pods/p/0123"), (end.SenderCommand, end.SenderCgroup));
        Assert.Equal(
            "SIGTERM from PID 7 (uid 0), container shell, command sh -c kill 1", SandboxStatusInfo.Describe(end with { SenderContainer = "shell" }));
    }

    /// <summary>Whoever ends /pause chooses its own command line: it can't forge another field, nor send anything to a terminal.</summary>
    [Theory]
    [InlineData("a\\x20pid=1\\x0asignal=9", "a pid=1\\x0asignal=9")]
    [InlineData("\\x1b[2J\\x5cx41", "\\x1b[2J\\x5cx41")]
    [InlineData("\\xff\\xc3\\xa9", "\\xff\\xc3\\xa9")]
    [InlineData("\\xe2\\x80\\xae", "\\xe2\\x80\\xae")]
    [InlineData("", "")]
    public void Parse_HostileCommand_IsShownEscaped(string told, string expected)
    {
        var end = SandboxEnd.Parse($"code=0 signal=0 time=1\nsignal=15 pid=7 uid=0 command={told}\n")!;

        Assert.Equal((15, 7, expected), (end.Signal, end.SenderPid, end.SenderCommand));
    }

    [Fact]
    public void Parse_SignalFromOutside_SaysSo() =>
        Assert.Equal("SIGINT from outside of the Pod", SandboxStatusInfo.Describe(SandboxEnd.Parse("code=0 signal=0 time=1\nsignal=2 pid=0 uid=0\n")!));

    [Fact]
    public void Parse_Killed_HasNoSender()
    {
        var end = SandboxEnd.Parse("code=137 signal=9 time=5\n");

        Assert.Equal(new SandboxEnd(5, 137, 9, null, null), end);
        Assert.Equal("SIGKILL", SandboxStatusInfo.Describe(end!));
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    public void Parse_NoExitFile_GivesNull(string text) => Assert.Null(SandboxEnd.Parse(text));

    [Theory]
    [InlineData("net.ipv4.ip_forward", "net/ipv4/ip_forward=1")]
    [InlineData("net/ipv4/conf/eth0.1/forwarding", "net/ipv4/conf/eth0.1/forwarding=1")]
    [InlineData("net.ipv4.conf.eth0/1.forwarding", "net/ipv4/conf/eth0.1/forwarding=1")]
    [InlineData("kernel.shmmax", "kernel/shmmax=1")]
    [InlineData("fs.mqueue.msg_max", "fs/mqueue/msg_max=1")]
    public void Resolve_SysctlOfAPodsNamespace_BecomesAPath(string name, string expected) =>
        Assert.Equal([expected], SandboxSysctls.Resolve(Config(name, new NamespaceOption())));

    [Theory]
    [InlineData("vm.swappiness")]
    [InlineData("kernel.hostname")]
    [InlineData("net/../vm/swappiness")]
    public void Resolve_SysctlOfTheMachine_IsRefused(string name) =>
        Assert.Throws<RuntimeException>(() => SandboxSysctls.Resolve(Config(name, new NamespaceOption())));

    [Fact]
    public void Resolve_SysctlInTheHostsNamespace_IsRefused() =>
        Assert.Throws<RuntimeException>(() => SandboxSysctls.Resolve(Config("net.core.somaxconn", new NamespaceOption { Network = NamespaceMode.Node })));

    private static PodSandboxConfig Config(string sysctl, NamespaceOption namespaces) => new()
    {
        Linux = new LinuxPodSandboxConfig
        {
            Sysctls = { [sysctl] = "1" },
            SecurityContext = new LinuxSandboxSecurityContext { NamespaceOptions = namespaces },
        },
    };
}
