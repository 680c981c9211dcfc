using System.Security.Cryptography;

namespace Nacelle.Runtime;

/// <summary>Ids of sandboxes and containers: 64 hexadecimal digits, as CRI clients expect them.</summary>
internal static class ObjectId
{
    public static string Create() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    /// <summary>Ids become file names: anything else than letters, digits, '-' and '_' never reaches a path.</summary>
    public static bool IsValid(string id) =>
        id.Length is > 0 and <= 128 && id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');

    /// <summary>Whether <see cref="Create"/> could have made it: what is found by such a name is ours.</summary>
    public static bool IsOwn(string id) => id.Length == 64 && id.All(char.IsAsciiHexDigitLower);
}
