using Nacelle.Inspect.Processes;
using Nacelle.Kubelet.InspectApi;
using Xunit;

namespace Nacelle.UnitTests.Kubelet.InspectApi;

public sealed class KillOrderFilesTests : IDisposable
{
    private readonly string directory = Path.Combine(Path.GetTempPath(), $"nacelle-kills-{Guid.NewGuid():N}");

    public void Dispose()
    {
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public void Read_NothingEverKept_IsEmpty() => Assert.Empty(new KillOrderFiles(directory).Read());

    [Fact]
    public void Read_WhatWasKept_IsThereUntilForgotten()
    {
        var files = new KillOrderFiles(directory);
        KillOrder order = Order(ProcessUid.Format(7, 1234));
        files.Keep(order with { Message = "later" });
        files.Keep(order);
        Assert.Equal([order], new KillOrderFiles(directory).Read());
        files.Forget(order.Uid);
        Assert.Empty(files.Read());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{"Uid":"x"}""")]
    [InlineData("""{"Uid":"../other","At":"2026-01-01T00:00:00+00:00","Namespace":"n","Pod":"p","PodUid":"u","Message":"m"}""")]
    public void Read_FileThatIsNoOrder_IsRemoved(string content)
    {
        var files = new KillOrderFiles(directory);
        files.Keep(Order("good"));
        File.WriteAllText(Path.Combine(directory, "bad.json"), content);
        Assert.Equal("good", Assert.Single(files.Read()).Uid);
        Assert.Single(Directory.GetFiles(directory));
    }

    [Fact]
    public void TryParse_Uid_IsOfThisBootOrNone()
    {
        Assert.Equal((7, 1234), ProcessUid.TryParse(ProcessUid.Format(7, 1234)));
        Assert.Null(ProcessUid.TryParse("00000000-0000-0000-0000-000000000000.7.1234"));
        Assert.Null(ProcessUid.TryParse(ProcessUid.Format(7, 1234) + ".1"));
        Assert.Null(ProcessUid.TryParse(ProcessUid.Format(-7, 1234)));
        Assert.Null(ProcessUid.TryParse(""));
    }

    private static KillOrder Order(string uid) => new()
    {
        Uid = uid,
        At = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Namespace = "default",
        Pod = "nginx",
        PodUid = "u",
        FieldPath = "spec.containers{shell}",
        Message = "SIGKILL",
    };
}
