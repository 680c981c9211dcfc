using System.Text.Json.Nodes;

namespace Nacelle.Kubernetes.Decoding;

/// <summary>A document as the reference server would write it again, and what a strict reading objects to.</summary>
/// <param name="Document">Owned by the receiver; known fields only, in the schema's order.</param>
/// <param name="StrictErrors">Unknown and duplicate fields, as the API words them; empty for none.</param>
public sealed record DecodedDocument(JsonObject Document, IReadOnlyList<string> StrictErrors);
