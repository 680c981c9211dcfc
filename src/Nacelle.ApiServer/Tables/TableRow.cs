using System.Text.Json.Nodes;

namespace Nacelle.ApiServer.Tables;

/// <summary>The cells of one object, in the order of its kind's columns.</summary>
/// <param name="Cells">Strings and numbers.</param>
/// <param name="Conditions">Row conditions (such as <c>Completed</c>); null for none.</param>
public sealed record TableRow(IReadOnlyList<JsonNode?> Cells, JsonArray? Conditions = null);
