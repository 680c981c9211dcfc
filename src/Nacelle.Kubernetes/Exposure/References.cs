namespace Nacelle.Kubernetes.Exposure;

/// <summary>Finds <c>$(NAME)</c> in values, commands and arguments; <c>$$</c> never starts one (API reference, Container).</summary>
internal static class References
{
    public static IEnumerable<string> In(string text)
    {
        for (int i = 0; i + 1 < text.Length; i++)
        {
            if (text[i] != '$')
            {
                continue;
            }

            i++;
            int end = text[i] == '(' ? text.IndexOf(')', i) : -1;
            if (end > 0)
            {
                yield return text[(i + 1)..end];
                i = end;
            }
        }
    }
}
