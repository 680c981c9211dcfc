using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nacelle.Runtime.Streaming.RemoteCommand;

/// <summary>
/// How an exec or attach ended: the part of metav1.Status that clients read from the error stream since v4 of the protocol.
/// </summary>
internal sealed record RemoteCommandStatus
{
    public StatusMetadata Metadata { get; init; } = new();

    public required string Status { get; init; }

    public string? Message { get; init; }

    public string? Reason { get; init; }

    public StatusDetails? Details { get; init; }

    public int? Code { get; init; }

    public static RemoteCommandStatus Success { get; } = new() { Status = "Success" };

    /// <summary>Success for 0; otherwise the failure from which kubectl takes its own exit code.</summary>
    public static RemoteCommandStatus Exited(int exitCode) => exitCode == 0 ? Success : new()
    {
        Status = "Failure",
        Message = $"command terminated with non-zero exit code: exit status {exitCode}",
        Reason = "NonZeroExitCode",
        Details = new([new("ExitCode", exitCode.ToString(CultureInfo.InvariantCulture))]),
    };

    public static RemoteCommandStatus InternalError(string message) => new()
    {
        Status = "Failure",
        Message = $"Internal error occurred: {message}",
        Reason = "InternalError",
        Details = new([new(null, message)]),
        Code = 500,
    };

    public byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(this, RemoteCommandJsonContext.Default.RemoteCommandStatus);

    internal sealed record StatusMetadata;

    internal sealed record StatusDetails(IReadOnlyList<StatusCause> Causes);

    internal sealed record StatusCause(string? Reason, string Message);
}
