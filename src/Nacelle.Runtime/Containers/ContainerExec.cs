using System.Collections.Immutable;
using System.Net.Sockets;
using Nacelle.Linux.Polling;
using Nacelle.Linux.Processes;
using Nacelle.Runtime.Streaming;
using Runtime.V1;
using Container = Nacelle.Runtime.Containers.Container;

namespace Nacelle.Runtime.Containers;

/// <summary>Runs commands in running containers: to their end with collected output (ExecSync), or with live streams (Exec).</summary>
internal sealed class ContainerExec(RuntimeParts parts)
{
    private const int OutputLimit = 16 << 20;

    // What a command leaves running may hold its output open for ever; after its own end its output counts as complete.
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(1);

    /// <summary>Runs a command to its end.</summary>
    /// <exception cref="RuntimeException">DeadlineExceeded after <paramref name="timeout"/>, when it has been killed; or it can't be started.</exception>
    public async Task<ExecResult> RunAsync(Container container, ImmutableArray<string> command, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        RequireRunning(container);
        using var output = new Pipe();
        using var error = new Pipe();
        using var process = ExecProcess.Start(parts, container, command, [new(1, output.Writer), new(2, error.Writer)], null);
        output.Writer.Dispose();
        error.Writer.Dispose();
        using var drained = new CancellationTokenSource();
        var outputBytes = CollectAsync(output.Reader, drained.Token);
        var errorBytes = CollectAsync(error.Reader, drained.Token);
        int code;
        try
        {
            var exit = process.WaitForExitAsync(cancellationToken);
            code = await (timeout is { } limit ? exit.WaitAsync(limit, parts.Time, cancellationToken) : exit).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is TimeoutException or OperationCanceledException)
        {
            process.Kill();
            await drained.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(outputBytes, errorBytes).ConfigureAwait(false);
            throw failure is TimeoutException
                ? new RuntimeException(FailureKind.DeadlineExceeded, $"command did not end within {timeout!.Value.TotalSeconds} s and was killed")
                : failure;
        }

        drained.CancelAfter(DrainTime);
        var result = new ExecResult(code, await outputBytes.ConfigureAwait(false), await errorBytes.ConfigureAwait(false));
        return process.WasStarted
            ? result
            : throw new RuntimeException($"exec: {System.Text.Encoding.UTF8.GetString(result.Error).Trim()}");
    }

    /// <summary>Starts a command with the streams that the request asks for.</summary>
    /// <exception cref="RuntimeException">It can't be started.</exception>
    public Task<ContainerStreams> OpenAsync(ExecRequest request, CancellationToken cancellationToken)
    {
        var container = parts.Containers.Find(request.ContainerId);
        RequireRunning(container);
        return request.Tty ? OpenTerminalAsync(container, request, cancellationToken) : Task.FromResult(OpenPipes(container, request));
    }

    private ContainerStreams OpenPipes(Container container, ExecRequest request)
    {
        using var input = new Pipe();
        using var output = new Pipe();
        using var error = new Pipe();
        var descriptors = ImmutableArray.CreateBuilder<ChildDescriptor>();
        if (request.Stdin)
        {
            descriptors.Add(new(0, input.Reader));
        }

        // A stream that nobody asked for goes nowhere.
        if (request.Stdout)
        {
            descriptors.Add(new(1, output.Writer));
        }

        if (request.Stderr)
        {
            descriptors.Add(new(2, error.Writer));
        }

        var process = ExecProcess.Start(parts, container, [.. request.Cmd], descriptors.ToImmutable(), null);
        return new ContainerStreams
        {
            Stdin = request.Stdin ? new DescriptorStream(input.Writer.Duplicate(), FileAccess.Write) : null,
            Stdout = request.Stdout ? new DescriptorStream(output.Reader.Duplicate(), FileAccess.Read) : null,
            Stderr = request.Stderr ? new DescriptorStream(error.Reader.Duplicate(), FileAccess.Read) : null,
            Exit = ExitAsync(process),
        };
    }

    private async Task<ContainerStreams> OpenTerminalAsync(Container container, ExecRequest request, CancellationToken cancellationToken)
    {
        var socketPath = $"{parts.Directories.Run}/t{ObjectId.Create()[..12]}";
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using var error = new Pipe();
        try
        {
            listener.Bind(new UnixDomainSocketEndPoint(socketPath));
            listener.Listen(1);
            var process = ExecProcess.Start(parts, container, [.. request.Cmd], [new(2, error.Writer)], socketPath);
            error.Writer.Dispose();
            using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var exit = ExitAsync(process);
            var accepting = listener.AcceptAsync(failed.Token).AsTask();
            if (await Task.WhenAny(accepting, exit).ConfigureAwait(false) == exit && !accepting.IsCompletedSuccessfully)
            {
                await failed.CancelAsync().ConfigureAwait(false);
                var message = await PipeText.ReadAsync(error.Reader, cancellationToken).ConfigureAwait(false);
                throw new RuntimeException($"exec: {(message.Trim() is { Length: > 0 } text ? text : "the OCI runtime ended without a word")}");
            }

            using var connection = await accepting.ConfigureAwait(false);
            return Terminal(await TerminalMaster.ReceiveAsync(connection, cancellationToken).ConfigureAwait(false), request, exit);
        }
        finally
        {
            File.Delete(socketPath);
        }
    }

    private static ContainerStreams Terminal(Linux.FileDescriptor master, ExecRequest request, Task<int> exit)
    {
        var output = new DescriptorStream(master, FileAccess.Read);
        return new ContainerStreams
        {
            Stdin = request.Stdin ? new DescriptorStream(master.Duplicate(), FileAccess.Write) : null,
            Stdout = output,
            Resize = (size, _) =>
            {
                TerminalMaster.SetSize(output.Descriptor, size.Columns, size.Rows);
                return ValueTask.CompletedTask;
            },
            Exit = exit,
        };
    }

    private static async Task<int> ExitAsync(ExecProcess process)
    {
        using (process)
        {
            return await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static async Task<byte[]> CollectAsync(Linux.FileDescriptor reader, CancellationToken cancellationToken)
    {
        var kept = new MemoryStream();
        var buffer = new byte[16 * 1024];
        try
        {
            while (true)
            {
                await ReadinessLoop.Shared.WaitReadableAsync(reader, cancellationToken).ConfigureAwait(false);
                var count = reader.Read(buffer);
                if (count <= 0)
                {
                    break;
                }

                kept.Write(buffer, 0, (int)Math.Min(count, OutputLimit - kept.Length));
            }
        }
        catch (OperationCanceledException)
        {
            // What came until now is the answer.
        }

        return kept.ToArray();
    }

    private static void RequireRunning(Container container)
    {
        if (container.Record.Phase != ContainerPhase.Running)
        {
            throw new RuntimeException(FailureKind.FailedPrecondition, $"container {container.Id} is not running");
        }
    }
}
