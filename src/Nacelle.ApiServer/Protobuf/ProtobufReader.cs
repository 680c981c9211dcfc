using System.Buffers.Binary;
using System.Text;

namespace Nacelle.ApiServer.Protobuf;

/// <summary>Reads the protobuf wire format: field numbers, and values of the four wire types in use.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> rest)
{
    private ReadOnlySpan<byte> rest = rest;

    /// <summary>Number of the field that was read last.</summary>
    public int Number { get; private set; }

    /// <summary>Its value when it is a number.</summary>
    public ulong Varint { get; private set; }

    /// <summary>Its value when it is text, bytes or a message.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    public readonly string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>Whether there was another field.</summary>
    /// <exception cref="FormatException">Not protobuf.</exception>
    public bool Read()
    {
        if (rest.IsEmpty)
        {
            return false;
        }

        ulong tag = ReadVarint();
        Number = checked((int)(tag >> 3));
        Varint = 0;
        Bytes = default;
        switch (tag & 7)
        {
            case 0:
                Varint = ReadVarint();
                break;
            case 1:
                Varint = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
                break;
            case 2:
                ulong length = ReadVarint();
                Bytes = length <= (ulong)rest.Length ? Take((int)length) : throw Broken();
                break;
            case 5:
                Varint = BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
                break;
            default:
                throw Broken();
        }

        return true;
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = Take(1)[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Broken();
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > rest.Length)
        {
            throw Broken();
        }

        ReadOnlySpan<byte> taken = rest[..length];
        rest = rest[length..];
        return taken;
    }

    private static FormatException Broken() => new("unexpected EOF");
}
