using Nacelle.Inspect.Files;
using Xunit;

namespace Nacelle.UnitTests.Inspect;

public sealed class FileSystemTypesTests
{
    [Theory]
    [InlineData("ext4")]
    [InlineData("overlay")]
    [InlineData("tmpfs")]
    [InlineData("xfs")]
    [InlineData("btrfs")]
    public void MayBeRead_WhatKeepsData_Yes(string type) => Assert.True(FileSystemTypes.MayBeRead(type));

    [Theory]
    [InlineData("proc")]
    [InlineData("sysfs")]
    [InlineData("cgroup")]
    [InlineData("cgroup2")]
    [InlineData("debugfs")]
    [InlineData("tracefs")]
    [InlineData("securityfs")]
    [InlineData("bpf")]
    [InlineData("devpts")]
    [InlineData("mqueue")]
    [InlineData("autofs")]
    [InlineData("fuse")]
    [InlineData("fuse.sshfs")]
    [InlineData("fuseblk")]
    [InlineData("nfs4")]
    [InlineData("binfmt_misc")]
    [InlineData("nsfs")]
    [InlineData("invented tomorrow")]
    [InlineData("")]
    [InlineData(null)]
    public void MayBeRead_EverythingElse_No(string? type) => Assert.False(FileSystemTypes.MayBeRead(type));
}
