using System.Buffers.Binary;

namespace Nacelle.Linux.Netlink;

/// <summary>Walks the attributes of a netlink message without copying; stops at the first one whose length is impossible.</summary>
internal ref struct NetlinkAttributes
{
    private const ushort TypeMask = 0x3FFF;
    private ReadOnlySpan<byte> _rest;

    private NetlinkAttributes(ReadOnlySpan<byte> bytes) => _rest = bytes;

    public static NetlinkAttributes Of(ReadOnlySpan<byte> bytes) => new(bytes);

    public Entry Current { get; private set; }

    public readonly NetlinkAttributes GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_rest.Length < 4)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16LittleEndian(_rest);
        if (length < 4 || length > _rest.Length)
        {
            return false;
        }

        Current = new Entry((ushort)(BinaryPrimitives.ReadUInt16LittleEndian(_rest[2..]) & TypeMask), _rest[4..length]);
        _rest = _rest[Math.Min(_rest.Length, (length + 3) & ~3)..];
        return true;
    }

    public readonly ref struct Entry(ushort type, ReadOnlySpan<byte> value)
    {
        public ushort Type { get; } = type;

        public ReadOnlySpan<byte> Value { get; } = value;

        public uint UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(Value);
    }
}
