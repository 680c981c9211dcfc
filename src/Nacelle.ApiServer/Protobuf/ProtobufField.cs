namespace Nacelle.ApiServer.Protobuf;

/// <summary>One field of a message.</summary>
/// <param name="Number">Its number on the wire.</param>
/// <param name="Name">Its name in JSON.</param>
/// <param name="Type"><c>text</c>, <c>bytes</c>, <c>int</c>, <c>flag</c>, <c>time</c>, <c>micro</c>, <c>quantity</c>, or the name of a message.</param>
/// <param name="Repeated">Whether it is a list.</param>
/// <param name="Map">Whether it is a map from text to <paramref name="Type"/>.</param>
internal sealed record ProtobufField(int Number, string Name, string Type, bool Repeated, bool Map);
