namespace Nacelle.Kubelet.NodeApi;

/// <summary>Finds where the last lines of a log start, reading it from its end.</summary>
internal static class LogTail
{
    private const int Block = 16 * 1024;

    /// <summary>
    /// Offset of the first of the last <paramref name="lines"/> lines of the file. Kubernetes counts lines of the file, so that a long
    /// line in several parts counts as several.
    /// </summary>
    public static long FindStart(FileStream file, long lines)
    {
        var end = file.Length;
        if (lines <= 0)
        {
            return end;
        }

        var buffer = new byte[Block];
        var found = 0L;
        for (var position = end; position > 0;)
        {
            var size = (int)Math.Min(Block, position);
            position -= size;
            file.Seek(position, SeekOrigin.Begin);
            file.ReadExactly(buffer, 0, size);
            for (var i = size - 1; i >= 0; i--)
            {
                // The line end at the very end of the file ends the last line, and starts none.
                if (buffer[i] == (byte)'\n' && position + i + 1 < end && ++found == lines)
                {
                    return position + i + 1;
                }
            }
        }

        return 0;
    }
}
