using Nacelle.Kubernetes.Entrypoints;
using Xunit;

namespace Nacelle.UnitTests.Kubernetes.Entrypoints;

public sealed class EntrypointTests
{
    private static readonly ImageConfiguration Image = new() { Entrypoint = ["/ep"], Cmd = ["image"], Env = ["A=1", "B=x=y", "C"] };

    [Theory]
    [InlineData("", "", "/ep image")]
    [InlineData("", "mine", "/ep mine")]
    [InlineData("/other", "", "/other")]
    [InlineData("/other", "mine", "/other mine")]
    public void Of_CommandAndArgs_ReplaceTheImagesAsKubernetesSays(string command, string args, string expected) =>
        Assert.Equal(expected, string.Join(' ', Entrypoint.Of(Image, Words(command), Words(args), []).Argv));

    [Fact]
    public void Of_UnknownImageAndNoCommand_IsNobodysProgram() => Assert.Empty(Entrypoint.Of(null, [], ["mine"], []).Argv);

    [Fact]
    public void Of_Variables_ThoseOfTheContainerWin()
    {
        var environment = Entrypoint.Of(Image, [], [], [KeyValuePair.Create("A", "2")]).Environment;

        Assert.Equal([("A", "2"), ("B", "x=y"), ("C", "")], environment.Select(v => (v.Key, v.Value)).Order());
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
