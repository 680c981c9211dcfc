using System.Text;
using Microsoft.AspNetCore.Http;

namespace Nacelle.ApiServer.Endpoints;

/// <summary>Warnings as RFC 7234 spells them: code 299, no agent, a quoted text.</summary>
internal static class WarningHeaders
{
    private const int MaxTotal = 4 * 1024;
    private const int MaxSingle = 256;

    public static void Add(HttpResponse response, IReadOnlyList<string> warnings)
    {
        int total = 0;
        foreach (string warning in warnings.Where(w => w.Length > 0).Distinct())
        {
            string text = warning;
            if (total + text.Length > MaxTotal && text.Length > MaxSingle)
            {
                text = text[..MaxSingle];
            }

            total += text.Length;
            if (total > 4 * MaxTotal)
            {
                return;
            }

            response.Headers.Append("Warning", $"299 - \"{Escape(text)}\"");
        }
    }

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 8);
        foreach (char c in text)
        {
            if (c is '"' or '\\')
            {
                escaped.Append('\\');
            }

            escaped.Append(char.IsControl(c) ? ' ' : c);
        }

        return escaped.ToString();
    }
}
