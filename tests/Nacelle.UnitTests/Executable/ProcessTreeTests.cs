using System.Text.Json;
using Nacelle.Trees;
using Xunit;

namespace Nacelle.UnitTests.Executable;

public sealed class ProcessTreeTests
{
    private static readonly TreeProcess[] Page =
    [
        new("shell", 14, 0, "root", "sh", "Sleeping"),
        new("", 1, 0, "root", "/pause", "Sleeping"),
        new("nginx", 7, 0, "root", "nginx: master process nginx -g daemon off;", "Sleeping"),
        new("nginx", 29, 7, "nginx", "nginx: worker process", "Sleeping"),
        new("nginx", 30, 7, "nginx", "[nginx]", "Zombie"),
        new("shell", 40, 1, "root", "sleep 100", "Stopped"),
        new("shell", 41, 40, "root", "sleep 5", "Sleeping"),
    ];

    [Fact]
    public void Draw_SharedNamespace_ShowsOneTreeAcrossContainers() => Assert.Equal(
        """
        PID  USER   CONTAINER  COMMAND
          1  root   -          /pause
         40  root   shell      └─sleep 100 (stopped)
         41  root   shell        └─sleep 5
          7  root   nginx      nginx: master process nginx -g daemon off;
         29  nginx  nginx      ├─nginx: worker process
         30  nginx  nginx      └─[nginx] (ended, not reaped)
         14  root   shell      sh
        """.ReplaceLineEndings("\n"),
        string.Join('\n', ProcessTree.Draw(Page, _ => "", int.MaxValue, unicode: true)));

    [Fact]
    public void Draw_OwnNamespaces_ComparesPidsWithinOne() => Assert.Equal(
        """
        PID  USER  CONTAINER  COMMAND
          1  root  a          init of a
          2  root  a          |-one
          3  root  a          | `-two
          4  root  a          `-three
          1  root  b          init of b
          2  root  b          `-one
        """.ReplaceLineEndings("\n"),
        string.Join('\n', ProcessTree.Draw(
            [
                new("b", 2, 1, "root", "one", ""), new("a", 2, 1, "root", "one", ""), new("a", 4, 1, "root", "three", ""), new("a", 3, 2, "root", "two", ""),
                new("a", 1, 0, "root", "init of a", ""), new("b", 1, 0, "root", "init of b", ""),
            ],
            container => container, int.MaxValue, unicode: false)));

    [Theory]
    [InlineData(12)]
    [InlineData(30)]
    public void Draw_NarrowTerminal_NoLineIsWider(int width)
    {
        var lines = ProcessTree.Draw(Page, _ => "", width, unicode: true);

        Assert.Equal(8, lines.Count);
        Assert.All(lines, line => Assert.InRange(line.Length, 0, width));
    }

    /// <summary>They are read one after the other while they go on: what does not fit together is shown all the same, each once.</summary>
    [Fact]
    public void Draw_ParentsInARing_AreShownOnce()
    {
        var lines = ProcessTree.Draw(
            [new("a", 2, 3, "root", "two", ""), new("a", 3, 2, "root", "three", ""), new("a", 4, 4, "root", "four", "")], _ => "", int.MaxValue, unicode: false);

        Assert.Equal(4, lines.Count);
        Assert.Single(lines, line => line.Contains("two", StringComparison.Ordinal));
        Assert.Single(lines, line => line.Contains("three", StringComparison.Ordinal));
        Assert.Single(lines, line => line.Contains("four", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"spec":{"shareProcessNamespace":true}}""", true, true)]
    [InlineData("""{"spec":{"hostPID":true}}""", true, true)]
    [InlineData("""{"spec":{}}""", false, false)]
    [InlineData("""{"spec":{"ephemeralContainers":[{"name":"debugger","targetContainerName":"a"},{"name":"other"}]}}""", false, true)]
    public void Of_Spec_SaysWhoSharesANamespace(string pod, bool together, bool target)
    {
        using var document = JsonDocument.Parse(pod);
        var namespaceOf = SharedNamespaces.Of(document.RootElement);

        Assert.Equal(together, namespaceOf("a") == namespaceOf("b"));
        Assert.Equal(target, namespaceOf("a") == namespaceOf("debugger"));
    }

    [Theory]
    [InlineData("""{"status":{"containerName":"c","pid":5,"parentPID":1,"user":"root","name":"sh","command":["sh","-c","a"],"state":"Sleeping"}}""", "sh -c a")]
    [InlineData("""{"status":{"pid":5,"parentPID":1,"user":"root","name":"sh","state":"Zombie"}}""", "[sh]")]
    [InlineData("""{"status":{"pid":5,"parentPID":1,"user":"root","name":"sh","command":["a\u001b[2J\n"],"state":"Sleeping"}}""", "a\\x1b[2J\\n")]
    [InlineData("""{"status":{"pid":5,"parentPID":1,"user":"root","name":"sh","command":["a\\nb"],"state":"Sleeping"}}""", "a\\nb")]
    public void Read_Process_ShowsNothingThatATerminalObeys(string json, string command)
    {
        using var document = JsonDocument.Parse(json);

        Assert.Equal(command, TreeProcess.Read(document.RootElement).Command);
    }
}
