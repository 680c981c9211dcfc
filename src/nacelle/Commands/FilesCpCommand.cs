using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text;

using Nacelle.ContainerFiles;
using Nacelle.Linux;

namespace Nacelle.Commands;

internal static class FilesCpCommand
{
    private const long DefaultMaxBytes = 4L << 30;
    private const long DefaultLimit = 1_000_000;

    public static Command Create(CommonOptions options)
    {
        var reference = FilesCommand.Reference();
        var local = new Argument<string>("LOCAL") { Description = "The copy's name, or a directory to put it in. A directory is copied to a new name only." };
        var maxBytes = FilesCommand.Bound("--max-bytes", "Bytes to copy at most, in all; 0: no bound. Beyond it nothing is left of the copy.", DefaultMaxBytes);
        var limit = FilesCommand.Bound("--limit", "Files, directories and links to copy at most; 0: no bound. Beyond it nothing is left of the copy.", DefaultLimit);
        var command = new CommandWithExamples(
            "cp",
            "Copy a file or a directory tree out of a container. Links are copied as links; devices, fifos, sockets and what is on proc, sysfs and their like are left out, each told in a line, and the exit code is 1 then.",
            "nacelle files cp nginx:nginx:/etc/nginx ./nginx-etc",
            "nacelle files cp -n web nginx:/var/log/nginx/error.log .") { reference, local, options.Namespace, maxBytes, limit, options.RunDirectory };
        command.SetAction((result, cancellationToken) => FilesCommand.RunAsync(
            options.Read(result),
            result.GetValue(options.Namespace)!,
            result.GetValue(reference)!,
            (api, path) => RunAsync(api, path, result.GetValue(local)!, new(result.GetValue(maxBytes), result.GetValue(limit)), cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(FilesApi api, byte[] path, string local, CopyBounds bounds, CancellationToken cancellationToken)
    {
        using var interrupted = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var target = CopyTarget.Open(local, Path.GetFileName(Encoding.UTF8.GetString(path).TrimEnd('/')));
        var copy = new FileCopy(api, bounds, message => Console.Error.WriteLine($"nacelle: files cp: {message}"));
        try
        {
            await copy.RunAsync(path, target, interrupted.Token);
            return copy.Complete ? ExitCode.Done : ExitCode.Failure;
        }
        catch (OperationCanceledException e)
        {
            throw new CommandException("files cp: interrupted; nothing is copied", e);
        }
        catch (LinuxException e)
        {
            throw new CommandException($"files cp: {target.Shown}: {Errno.Name(e.Errno)}", e);
        }
        catch (IOException e)
        {
            throw new CommandException($"files cp: {target.Shown}: {e.Message}", e);
        }

        void Stop(PosixSignalContext context)
        {
            // The half copy is removed on the way out.
            context.Cancel = true;
            interrupted.Cancel();
        }
    }
}
