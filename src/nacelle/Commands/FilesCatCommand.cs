using System.CommandLine;

using Nacelle.ContainerFiles;
using Nacelle.Linux;

namespace Nacelle.Commands;

internal static class FilesCatCommand
{
    private const long DefaultMaxBytes = 64 << 20;
    private const int BufferSize = 128 * 1024;

    public static Command Create(CommonOptions options)
    {
        var reference = FilesCommand.Reference();
        var maxBytes = FilesCommand.Bound("--max-bytes", "Bytes to write; 0: all of them. A file that is cut ends with exit code 1.", DefaultMaxBytes);
        var command = new CommandWithExamples(
            "cat",
            "Write a file's content to standard output as it is, on a terminal too. A file that grows is written up to the size it had.",
            "nacelle files cat nginx:nginx:/etc/nginx/nginx.conf",
            "nacelle files cat --max-bytes 0 nginx:/var/log/big >big") { reference, options.Namespace, maxBytes, options.RunDirectory };
        command.SetAction((result, cancellationToken) => FilesCommand.RunAsync(
            options.Read(result),
            result.GetValue(options.Namespace)!,
            result.GetValue(reference)!,
            (api, path) => RunAsync(api, path, result.GetValue(maxBytes), cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(FilesApi api, byte[] path, long maxBytes, CancellationToken cancellationToken)
    {
        // One byte more than may be written tells whether there is more.
        using var response = await api.ReadAsync(path, maxBytes == 0 ? null : checked(maxBytes + 1), cancellationToken);
        await using var content = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var output = new StandardOutput();
        var left = maxBytes == 0 ? long.MaxValue : maxBytes;
        try
        {
            await foreach (var part in FileBody.ReadAsync(content, BufferSize, cancellationToken))
            {
                output.Write(part.Span[..(int)Math.Min(part.Length, left)]);
                if (part.Length > left)
                {
                    await Console.Error.WriteLineAsync($"nacelle: files cat: cut after {maxBytes} bytes (--max-bytes)");
                    return ExitCode.Failure;
                }

                left -= part.Length;
            }
        }
        catch (LinuxException e) when (e.Errno == Errno.EPIPE)
        {
            // The reader has enough; nobody is left to be told.
            return ExitCode.Failure;
        }

        return ExitCode.Done;
    }
}
