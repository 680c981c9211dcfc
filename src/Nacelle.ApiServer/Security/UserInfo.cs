using System.Collections.Immutable;

namespace Nacelle.ApiServer.Security;

/// <summary>An authenticated caller.</summary>
/// <param name="Name">User name, such as <c>system:node:here</c>.</param>
/// <param name="Groups">Groups, such as <c>system:masters</c>.</param>
public sealed record UserInfo(string Name, ImmutableArray<string> Groups);
