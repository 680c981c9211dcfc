using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Decoding;

namespace Nacelle.ApiServer.Resources;

/// <summary>What differs between two documents, as lines with three lines around each difference; for messages to people.</summary>
internal static class LineDiff
{
    private const int Context = 3;

    /// <summary>Above this many differing lines on a side the difference is shown as one block.</summary>
    private const int MaximumLines = 600;

    public static string Of(JsonNode? before, JsonNode? after)
    {
        string[] old = Lines(before);
        string[] now = Lines(after);
        List<(char Mark, string Text)> script = Script(old, now);
        var text = new StringBuilder();
        for (int i = 0; i < script.Count;)
        {
            if (script[i].Mark == ' ')
            {
                i++;
                continue;
            }

            int start = Math.Max(0, i - Context);
            int end = End(script, i);
            Append(text, script, start, end);
            i = end;
        }

        return text.ToString();
    }

    private static string[] Lines(JsonNode? node)
    {
        using var buffer = new MemoryStream();
        using (var writer = new System.Text.Json.Utf8JsonWriter(buffer, JsonText.Writer with { Indented = true, IndentSize = 1 }))
        {
            (node ?? new JsonObject()).WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.ToArray()).Split('\n');
    }

    /// <summary>Where the hunk that contains <paramref name="at"/> ends: three equal lines after the last difference near it.</summary>
    private static int End(List<(char Mark, string Text)> script, int at)
    {
        int equal = 0;
        int i = at;
        while (i < script.Count && equal <= Context * 2)
        {
            equal = script[i].Mark == ' ' ? equal + 1 : 0;
            i++;
        }

        return i - Math.Max(0, equal - Context);
    }

    private static void Append(StringBuilder text, List<(char Mark, string Text)> script, int start, int end)
    {
        int oldLine = script.Take(start).Count(line => line.Mark != '+') + 1;
        int newLine = script.Take(start).Count(line => line.Mark != '-') + 1;
        List<(char Mark, string Text)> hunk = script[start..end];
        text.Append(CultureInfo.InvariantCulture,
            $"@@ -{oldLine},{hunk.Count(line => line.Mark != '+')} +{newLine},{hunk.Count(line => line.Mark != '-')} @@\n");
        foreach ((char mark, string line) in hunk)
        {
            text.Append(mark).Append(line).Append('\n');
        }
    }

    private static List<(char Mark, string Text)> Script(string[] old, string[] now)
    {
        int head = 0;
        while (head < old.Length && head < now.Length && old[head] == now[head])
        {
            head++;
        }

        int tail = 0;
        while (tail < old.Length - head && tail < now.Length - head && old[^(tail + 1)] == now[^(tail + 1)])
        {
            tail++;
        }

        List<(char, string)> script = [.. old.Take(head).Select(line => (' ', line))];
        script.AddRange(Middle(old[head..^tail], now[head..^tail]));
        script.AddRange(old.TakeLast(tail).Select(line => (' ', line)));
        return script;
    }

    /// <summary>Longest common subsequence.</summary>
    private static IEnumerable<(char Mark, string Text)> Middle(string[] old, string[] now)
    {
        if (old.Length > MaximumLines || now.Length > MaximumLines)
        {
            return old.Select(line => ('-', line)).Concat(now.Select(line => ('+', line)));
        }

        int[,] longest = new int[old.Length + 1, now.Length + 1];
        for (int i = old.Length - 1; i >= 0; i--)
        {
            for (int j = now.Length - 1; j >= 0; j--)
            {
                longest[i, j] = old[i] == now[j] ? longest[i + 1, j + 1] + 1 : Math.Max(longest[i + 1, j], longest[i, j + 1]);
            }
        }

        List<(char, string)> script = [];
        int o = 0;
        int n = 0;
        while (o < old.Length || n < now.Length)
        {
            if (o < old.Length && n < now.Length && old[o] == now[n])
            {
                script.Add((' ', old[o++]));
                n++;
            }
            else if (n >= now.Length || (o < old.Length && longest[o + 1, n] >= longest[o, n + 1]))
            {
                script.Add(('-', old[o++]));
            }
            else
            {
                script.Add(('+', now[n++]));
            }
        }

        return script;
    }
}
