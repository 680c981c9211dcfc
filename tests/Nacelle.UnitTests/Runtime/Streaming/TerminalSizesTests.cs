using System.IO.Pipelines;
using System.Text;
using Nacelle.Runtime.Streaming;
using Nacelle.Runtime.Streaming.RemoteCommand;
using Xunit;

namespace Nacelle.UnitTests.Runtime.Streaming;

public sealed class TerminalSizesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("{\"Width\":81,\"Height\":24}\n|{\"Width\":80,\"Height\":24}\n", "81x24 80x24")]
    [InlineData("{\"Width\":81,\"Height\":24}{\"Width\":80,\"Height\":24}", "81x24 80x24")]
    [InlineData("{\"Wid|th\":80,\"Hei|ght\":24|}", "80x24")]
    [InlineData("{\"width\":80,\"height\":24}", "80x24")]
    [InlineData("{\"Width\":0,\"Height\":24}{\"Width\":1,\"Height\":1}", "1x1")]
    [InlineData("{\"Width\":80,\"Height\":24} nonsense {\"Width\":1,\"Height\":1}", "80x24")]
    [InlineData("{\"Width\":70000,\"Height\":24}", "")]
    [InlineData("{\"Width\":80", "")]
    [InlineData("", "")]
    public async Task ReadAllAsync_PiecesOfJson_GiveSizes(string pieces, string expected)
    {
        var pipe = new Pipe();
        var sizes = new List<TerminalSize>();
        var reading = Task.Run(
            async () =>
            {
                await foreach (var size in TerminalSizes.ReadAllAsync(pipe.Reader, Token))
                {
                    sizes.Add(size);
                }
            },
            Token);
        foreach (var piece in pieces.Split('|'))
        {
            await pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes(piece), Token);
        }

        await pipe.Writer.CompleteAsync();
        await reading;

        Assert.Equal(expected, string.Join(' ', sizes.Select(size => $"{size.Columns}x{size.Rows}")));
    }
}
