namespace Nacelle.ApiServer.Protobuf;

/// <summary>One field of a message.</summary>
/// <param name="Number">Its number on the wire.</param>
/// <param name="Name">Its name in JSON.</param>
/// <param name="Type">
/// <c>text</c>, <c>bytes</c>, <c>int</c>, <c>flag</c>, <c>time</c>, <c>micro</c>, <c>quantity</c>, <c>intOrText</c>, or the name of a message.
/// </param>
internal sealed record ProtobufField(int Number, string Name, string Type)
{
    /// <summary>Whether it is a list.</summary>
    public bool Repeated { get; init; }

    /// <summary>Whether it is a map from text to <see cref="Type"/>.</summary>
    public bool Map { get; init; }

    /// <summary>Whether JSON has its fields in the object that holds it.</summary>
    public bool Inline { get; init; }
}
