using System.Text.Json;
using Google.Protobuf;
using Nacelle.Linux.Cgroups;
using Nacelle.Runtime;
using Nacelle.Runtime.Images;
using Nacelle.Runtime.Oci;
using Nacelle.Runtime.Oci.Spec;
using Runtime.V1;
using Xunit;

namespace Nacelle.UnitTests.Runtime.Oci;

public sealed class OciConfigBuilderTests
{
    [Fact]
    public void Build_NamespacesToJoinShareAndMake_SaysWhichIsWhich()
    {
        var config = OciConfigBuilder.Build(Input() with
        {
            Namespaces = new Dictionary<string, string> { ["pid"] = "/proc/1/fd/7", ["network"] = "", ["ipc"] = "/proc/1/fd/8" },
        });

        Assert.Equal(
            ["mount:", "pid:/proc/1/fd/7", "ipc:/proc/1/fd/8", "uts:"],
            config.Linux.Namespaces.Select(one => $"{one.Type}:{one.Path}"));
    }

    [Fact]
    public void Build_CgroupV2_GetsItsOwnCgroupNamespace() =>
        Assert.Contains(OciConfigBuilder.Build(Input() with { Cgroups = CgroupVersion.V2 }).Linux.Namespaces, one => one.Type == "cgroup");

    [Theory]
    [InlineData("", "", "image-entry image-arg")]
    [InlineData("cmd", "", "cmd")]
    [InlineData("", "arg", "image-entry arg")]
    [InlineData("cmd", "arg", "cmd arg")]
    public void Arguments_CommandAndArgs_FollowTheKubernetesTable(string command, string args, string expected)
    {
        var config = new ContainerConfig();
        config.Command.AddRange(command.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        config.Args.AddRange(args.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var image = new OciImageConfig { Entrypoint = ["image-entry"], Cmd = ["image-arg"] };

        Assert.Equal(expected, string.Join(' ', OciConfigBuilder.Arguments(config, image)));
    }

    [Fact]
    public void Arguments_Nothing_IsRefused() =>
        Assert.Throws<RuntimeException>(() => OciConfigBuilder.Arguments(new ContainerConfig(), new OciImageConfig()));

    [Fact]
    public void Build_Privileged_LiftsWhatConfines()
    {
        var input = Input();
        input.Config.Linux.SecurityContext.Privileged = true;

        var config = OciConfigBuilder.Build(input);

        Assert.Empty(config.Linux.MaskedPaths);
        Assert.Null(config.Linux.Seccomp);
        Assert.Contains("CAP_SYS_ADMIN", config.Process.Capabilities!.Bounding);
        Assert.Contains("rw", config.Mounts.Single(mount => mount.Destination == "/sys").Options);
    }

    [Fact]
    public void Build_Default_IsMaskedAndWithinItsDevices()
    {
        var config = OciConfigBuilder.Build(Input());

        Assert.Contains("/proc/kcore", config.Linux.MaskedPaths);
        Assert.Contains("/proc/sys", config.Linux.ReadonlyPaths);
        Assert.False(config.Linux.Resources!.Devices[0].Allow);
        Assert.Contains("ro", config.Mounts.Single(mount => mount.Destination == "/sys").Options);
    }

    [Fact]
    public void Build_RuntimeDefaultSeccomp_DependsOnCapabilities()
    {
        var input = Input();
        input.Config.Linux.SecurityContext.Seccomp = new SecurityProfile { ProfileType = SecurityProfile.Types.ProfileType.RuntimeDefault };
        var plain = OciConfigBuilder.Build(input).Linux.Seccomp!;
        input.Config.Linux.SecurityContext.Capabilities = new Capability { AddCapabilities = { "SYS_ADMIN" } };
        var admin = OciConfigBuilder.Build(input).Linux.Seccomp!;

        Assert.Equal("SCMP_ACT_ERRNO", plain.DefaultAction);
        Assert.False(Allows(plain, "mount"));
        Assert.True(Allows(admin, "mount"));
        Assert.True(Allows(plain, "read"));
        Assert.False(Allows(plain, "io_uring_setup"));

        static bool Allows(OciSeccomp filter, string name) => filter.Syscalls.Any(rule => rule.Action == "SCMP_ACT_ALLOW" && rule.Args is null && rule.Names.Contains(name));
    }

    [Fact]
    public void Build_MountsOfCri_TakeThePlaceOfOurs()
    {
        var input = Input();
        input.Config.Mounts.Add(new Mount { ContainerPath = "/etc/hosts", HostPath = "/etc/hosts", Propagation = MountPropagation.PropagationHostToContainer });
        input.Config.Mounts.Add(new Mount { ContainerPath = "/", HostPath = "/tmp", Readonly = true });

        var config = OciConfigBuilder.Build(input);

        var hosts = Assert.Single(config.Mounts, mount => mount.Destination == "/etc/hosts");
        Assert.Equal("/etc/hosts", hosts.Source);
        Assert.Contains("rslave", hosts.Options);
        Assert.Equal("rslave", config.Linux.RootfsPropagation);
    }

    [Fact]
    public void Build_OomScoreBelowTheFloor_IsClamped()
    {
        var input = Input();
        input.Config.Linux.Resources = new LinuxContainerResources { OomScoreAdj = -997 };

        Assert.Equal(-997, OciConfigBuilder.Build(input).Process.OomScoreAdj);
        Assert.Equal(0, OciConfigBuilder.Build(input with { OomScoreFloor = 0 }).Process.OomScoreAdj);
    }

    [Fact]
    public void Build_Environment_LaterWinsAndKeepsItsPlace()
    {
        var input = Input() with { Image = new OciImageConfig { Cmd = ["sh"], Env = ["PATH=/image", "A=1"] } };
        input.Config.Envs.Add(new KeyValue { Key = "A", Value = ByteString.CopyFromUtf8("2=3") });

        Assert.Equal(["PATH=/image", "HOSTNAME=host", "A=2=3"], OciConfigBuilder.Build(input).Process.Env);
    }

    [Fact]
    public void Build_Json_UsesTheSpecificationsNames()
    {
        var json = JsonSerializer.SerializeToElement(OciConfigBuilder.Build(Input()), BundleJson.Default.OciConfig);

        Assert.Equal("1.0.2", json.GetProperty("ociVersion").GetString());
        Assert.Equal("/rootfs", json.GetProperty("root").GetProperty("path").GetString());
        Assert.Equal("/pod/c", json.GetProperty("linux").GetProperty("cgroupsPath").GetString());
        Assert.Equal(0u, json.GetProperty("process").GetProperty("user").GetProperty("uid").GetUInt32());
    }

    private static OciConfigInput Input() => new()
    {
        Config = new ContainerConfig
        {
            Metadata = new ContainerMetadata { Name = "c" },
            Linux = new LinuxContainerConfig { SecurityContext = new LinuxContainerSecurityContext() },
        },
        Image = new OciImageConfig { Cmd = ["sh"] },
        User = new OciUser { Uid = 0, Gid = 0 },
        Rootfs = "/rootfs",
        CgroupPath = "/pod/c",
        Cgroups = CgroupVersion.V1,
        SharedMemory = "/shm",
        SandboxDirectory = "/sandbox",
        Hostname = "host",
        Namespaces = new Dictionary<string, string>(),
        AvailableCapabilities = (1UL << 41) - 1,
        OomScoreFloor = null,
    };
}
