using System.CommandLine;

using Nacelle.ContainerFiles;
using Nacelle.Inspect.Files;

namespace Nacelle.Commands;

internal static class FilesLsCommand
{
    private const long DefaultLimit = 10_000;

    public static Command Create(CommonOptions options)
    {
        var reference = FilesCommand.Reference();
        var output = FilesCommand.Output();
        var limit = FilesCommand.Bound("--limit", "Entries to show, sorted by name; 0: all of them, in the directory's own order. A list that is cut ends with exit code 1.", DefaultLimit);
        var command = new CommandWithExamples(
            "ls",
            "List a directory, or one file. Names are shown escaped as in a C string.",
            "nacelle files ls nginx:nginx:/etc/nginx",
            "nacelle files ls -n web nginx:/ -o json") { reference, options.Namespace, output, limit, options.RunDirectory };
        command.SetAction((result, cancellationToken) => FilesCommand.RunAsync(
            options.Read(result),
            result.GetValue(options.Namespace)!,
            result.GetValue(reference)!,
            (api, path) => RunAsync(api, path, result.GetValue(limit), result.GetValue(output) is not null, cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(FilesApi api, byte[] path, long limit, bool json, CancellationToken cancellationToken)
    {
        var file = await api.StatAsync(path, cancellationToken);
        var isDirectory = file.Type == FileType.Directory
            || (file.Type == FileType.SymbolicLink && await api.FindDirectoryAsync(path, cancellationToken) is not null);
        var listing = isDirectory
            ? api.ListAsync(path, cancellationToken)
            : AsyncEnumerable.Repeat(new FilePage([file with { FileSystem = null }], null), 1);
        using var writer = json ? new FileListWriter() : null;
        Action<IReadOnlyCollection<FileEntry>> show = writer is null ? Print : writer.Write;

        List<FileEntry> shown = [];
        var cut = false;
        await foreach (var page in listing)
        {
            if (limit == 0)
            {
                show(page.Entries);
                continue;
            }

            shown.AddRange(page.Entries);
            if (shown.Count > limit)
            {
                cut = true;
                shown.RemoveRange((int)limit, shown.Count - (int)limit);
                break;
            }
        }

        show([.. shown.Order(Comparer<FileEntry>.Create((one, other) => one.Name.AsSpan().SequenceCompareTo(other.Name)))]);
        if (cut)
        {
            await Console.Error.WriteLineAsync($"nacelle: files ls: cut after {limit} entries (--limit)");
        }

        return cut ? ExitCode.Failure : ExitCode.Done;
    }

    private static void Print(IReadOnlyCollection<FileEntry> entries)
    {
        foreach (var line in FileTable.Lines(entries))
        {
            Console.Out.WriteLine(line);
        }
    }
}
