using System.Text.Json.Nodes;

namespace Nacelle.ApiServer.Admission;

/// <summary>The outcome of a deletion.</summary>
/// <param name="Item">The object as it is now, or as it last was, in the form of the view that was asked.</param>
/// <param name="Gone">Whether it is no longer there; otherwise it is on its way out.</param>
internal sealed record DeletedObject(JsonObject Item, bool Gone);
