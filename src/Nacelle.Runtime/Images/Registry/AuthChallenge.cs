using System.Net.Http.Headers;
using System.Text;

namespace Nacelle.Runtime.Images.Registry;

/// <summary>One <c>WWW-Authenticate</c> challenge (RFC 9110, 11.6.1; distribution specification, token authentication).</summary>
/// <param name="Scheme">Lower case: <c>bearer</c>, <c>basic</c>.</param>
/// <param name="Parameters">Names in lower case.</param>
internal sealed record AuthChallenge(string Scheme, IReadOnlyDictionary<string, string> Parameters)
{
    public string? this[string name] => Parameters.GetValueOrDefault(name);

    /// <summary>The challenge to answer: bearer where offered, else basic; null where neither is.</summary>
    public static AuthChallenge? Choose(IEnumerable<AuthenticationHeaderValue> headers)
    {
        List<AuthChallenge> all = [.. headers.Select(header => new AuthChallenge(header.Scheme.ToLowerInvariant(), Parse(header.Parameter ?? "")))];
        return all.Find(challenge => challenge.Scheme == "bearer") ?? all.Find(challenge => challenge.Scheme == "basic");
    }

    /// <summary>Reads <c>name=token, name="quoted \" string"</c>; what doesn't follow that form ends the reading.</summary>
    internal static Dictionary<string, string> Parse(string text)
    {
        Dictionary<string, string> parameters = [];
        int i = 0;
        while (true)
        {
            while (i < text.Length && (text[i] == ',' || char.IsWhiteSpace(text[i])))
            {
                i++;
            }

            int equals = text.IndexOf('=', i);
            if (equals < 0)
            {
                return parameters;
            }

            string name = text[i..equals].Trim().ToLowerInvariant();
            i = equals + 1;
            parameters[name] = i < text.Length && text[i] == '"' ? Quoted(text, ref i) : Token(text, ref i);
        }
    }

    private static string Token(string text, ref int i)
    {
        int end = text.IndexOf(',', i);
        end = end < 0 ? text.Length : end;
        string token = text[i..end].Trim();
        i = end;
        return token;
    }

    private static string Quoted(string text, ref int i)
    {
        StringBuilder value = new();
        for (i++; i < text.Length && text[i] != '"'; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length)
            {
                i++;
            }

            value.Append(text[i]);
        }

        i = Math.Min(i + 1, text.Length);
        return value.ToString();
    }
}
