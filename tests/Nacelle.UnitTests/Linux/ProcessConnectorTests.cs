using System.Buffers.Binary;
using Nacelle.Linux.Netlink;
using Xunit;

namespace Nacelle.UnitTests.Linux;

public sealed class ProcessConnectorTests
{
    private const int Fork = 1;
    private const int Thread = 200;

    [Fact]
    public void ReadDatagram_EachKind_NamesItsProcess()
    {
        List<ProcessEvent> events = [];

        ProcessConnector.ReadDatagram(
            [.. Message(Fork, 10, 10, 11, 11), .. Message(2, 11, 11), .. Message(4, 11, 11, 1000, 1000), .. Message(0x40, 11, 11, 1000, 1000),
                .. Message(unchecked((int)0x80000000), 11, 11, 256, 17)],
            events);

        Assert.Equal(
            [
                new ProcessEvent(ProcessEventKind.Fork, 10, 11), new(ProcessEventKind.Exec, 11), new(ProcessEventKind.User, 11),
                new(ProcessEventKind.Group, 11), new(ProcessEventKind.Exit, 11),
            ],
            events);
    }

    [Fact]
    public void ReadDatagram_BeginAndEndOfAThread_IsNoNews()
    {
        List<ProcessEvent> events = [];

        ProcessConnector.ReadDatagram([.. Message(Fork, 10, 10, Thread, 10), .. Message(unchecked((int)0x80000000), Thread, 10, 0, 0)], events);

        Assert.Empty(events);
    }

    [Fact]
    public void ReadDatagram_OtherKinds_AreSkipped()
    {
        List<ProcessEvent> events = [];

        // The answer to a subscription (0), a new name (0x200), and the exec behind them.
        ProcessConnector.ReadDatagram([.. Message(0, 0, 0), .. Message(0x200, 10, 10, 0, 0), .. Message(2, 12, 12)], events);

        Assert.Equal([new ProcessEvent(ProcessEventKind.Exec, 12)], events);
    }

    [Fact]
    public void ReadDatagram_CutAnywhere_ReadsWhatIsWhole()
    {
        byte[] both = [.. Message(2, 11, 11), .. Message(Fork, 10, 10, 11, 11)];
        var first = Message(2, 11, 11).Length;
        for (var length = 0; length < both.Length; length++)
        {
            List<ProcessEvent> events = [];

            ProcessConnector.ReadDatagram(both.AsSpan(0, length), events);

            Assert.Equal(length < first ? 0 : 1, events.Count);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(59)]
    [InlineData(int.MaxValue)]
    public void ReadDatagram_LengthThatIsNone_EndsTheReading(int length)
    {
        var message = Message(2, 11, 11);
        BinaryPrimitives.WriteInt32LittleEndian(message, length);
        List<ProcessEvent> events = [];

        ProcessConnector.ReadDatagram(message, events);

        Assert.Empty(events);
    }

    // nlmsghdr (16), cn_msg (20), proc_event: what, cpu, timestamp, then the kind's own numbers.
    private static byte[] Message(int kind, params int[] numbers)
    {
        var message = new byte[36 + 16 + (numbers.Length * 4)];
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(36), kind);
        for (var i = 0; i < numbers.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(52 + (i * 4)), numbers[i]);
        }

        return message;
    }
}
