using System.CommandLine;
using System.Text.Json;

using Nacelle.ContainerFiles;
using Nacelle.Inspect.Files;

namespace Nacelle.Commands;

internal static class FilesStatCommand
{
    public static Command Create(CommonOptions options)
    {
        var reference = FilesCommand.Reference();
        var output = FilesCommand.Output();
        var command = new CommandWithExamples(
            "stat",
            "Show what one file is, of whatever kind; a symbolic link is shown itself, with its target.",
            "nacelle files stat nginx:nginx:/var/log/nginx/access.log",
            "nacelle files stat nginx:/dev/null -o json") { reference, options.Namespace, output, options.RunDirectory };
        command.SetAction((result, cancellationToken) => FilesCommand.RunAsync(
            options.Read(result),
            result.GetValue(options.Namespace)!,
            result.GetValue(reference)!,
            (api, path) => RunAsync(api, path, result.GetValue(output) is not null, cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(FilesApi api, byte[] path, bool json, CancellationToken cancellationToken)
    {
        var file = await api.StatAsync(path, cancellationToken);
        if (!json)
        {
            foreach (var line in FileTable.Lines([file]))
            {
                Console.Out.WriteLine(line);
            }

            return ExitCode.Done;
        }

        await using var output = Console.OpenStandardOutput();
        await using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            FileEntryJson.WriteMembers(writer, file);
            writer.WriteEndObject();
        }

        output.WriteByte((byte)'\n');
        return ExitCode.Done;
    }
}
