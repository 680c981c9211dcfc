using System.Globalization;
using System.Text;

using Nacelle.Inspect.Files;
using Nacelle.Inspect.Processes;

namespace Nacelle.ContainerFiles;

/// <summary>Files as lines in the manner of <c>ls -l</c>; names and targets are escaped, so that none of them can write to the terminal what it likes.</summary>
internal static class FileTable
{
    public static IEnumerable<string> Lines(IReadOnlyCollection<FileEntry> entries)
    {
        var rows = entries.Select(Cells).ToList();
        int[] widths = [.. Enumerable.Range(0, 4).Select(column => rows.Select(row => row[column].Length).DefaultIfEmpty().Max())];
        foreach (var row in rows)
        {
            yield return $"{row[0]} {row[1].PadLeft(widths[1])} {row[2].PadLeft(widths[2])} {row[3].PadLeft(widths[3])} {row[4],-20} {row[5]}";
        }
    }

    /// <summary>Mode, owner, group, size or device, time, name.</summary>
    private static string[] Cells(FileEntry entry) =>
    [
        ModeText(entry),
        entry.Uid.ToString(CultureInfo.InvariantCulture),
        entry.Gid.ToString(CultureInfo.InvariantCulture),
        entry.Device ?? entry.Size.ToString(CultureInfo.InvariantCulture),
        entry.Modified?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "?",
        EscapedText.Of(entry.Name) + (entry.Target is { } target ? $" -> {EscapedText.Of(target)}" : "") + (entry.FileSystem is { } type ? $" ({type})" : ""),
    ];

    private static string ModeText(FileEntry entry)
    {
        var text = new StringBuilder(10);
        text.Append(entry.Type switch
        {
            FileType.File => '-',
            FileType.Directory => 'd',
            FileType.SymbolicLink => 'l',
            FileType.Socket => 's',
            FileType.CharDevice => 'c',
            FileType.BlockDevice => 'b',
            FileType.FIFO => 'p',
            _ => '?',
        });
        for (var bit = 8; bit >= 0; bit--)
        {
            text.Append((entry.Mode & (1u << bit)) != 0 ? "xwr"[bit % 3] : '-');
        }

        // Set-uid, set-gid and sticky stand in the place of the three x.
        foreach (var (bit, place, letter) in new[] { (11, 3, 's'), (10, 6, 's'), (9, 9, 't') })
        {
            if ((entry.Mode & (1u << bit)) != 0)
            {
                text[place] = text[place] == 'x' ? letter : char.ToUpperInvariant(letter);
            }
        }

        return text.ToString();
    }
}
