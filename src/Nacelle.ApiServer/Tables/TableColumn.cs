namespace Nacelle.ApiServer.Tables;

/// <summary>A column of a <c>meta.k8s.io/v1</c> Table.</summary>
/// <param name="Name">Heading; clients print it in capitals.</param>
/// <param name="Type">OpenAPI type: <c>string</c>, <c>integer</c>, <c>date</c>, …</param>
/// <param name="Format">OpenAPI format; <c>name</c> marks the primary identifier.</param>
/// <param name="Description">What the column shows.</param>
/// <param name="Priority">0 is always shown, anything higher only in a wide listing.</param>
public sealed record TableColumn(string Name, string Type, string Format, string Description, int Priority = 0);
