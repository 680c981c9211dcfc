using System.Text.Json.Nodes;

namespace Nacelle.ApiServer.Tables;

/// <summary>Prints an object as a row; ages are counted to <paramref name="now"/>.</summary>
public delegate TableRow RowPrinter(JsonObject item, DateTimeOffset now);
