using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Nacelle.Inspect.Files;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Inspection;

namespace Nacelle.Kubelet.InspectApi;

/// <summary>
/// Answers <c>pods/files</c> from the root of one process: <c>stat</c> and <c>list</c> in JSON, the list as it is read, <c>read</c> with the content as it is
/// and its length told before. What can't be finished is cut off in a way that HTTP clients notice.
/// </summary>
internal static class FilesAnswer
{
    private const int PartBytes = 32 * 1024;

    /// <param name="http">The request; nothing of it has been answered yet.</param>
    /// <param name="query">Its parameters.</param>
    /// <param name="pid">The process whose root it is about, on the host.</param>
    /// <param name="startTicks">When that process started, in clock ticks since boot.</param>
    /// <exception cref="ApiStatusException">The file is not shown or read; the answer may have begun.</exception>
    public static async Task WriteAsync(HttpContext http, FilesQuery query, int pid, long startTicks)
    {
        try
        {
            using var root = ProcessRoot.Open(pid, startTicks);
            using var node = root.Find(query.Path, followLast: query.Operation != FilesOperation.Stat);
            await (query.Operation switch
            {
                FilesOperation.Stat => StatAsync(http, query, node),
                FilesOperation.List => ListAsync(http, query, node),
                _ => ReadAsync(http, query, node),
            }).ConfigureAwait(false);
        }
        catch (FileRefusedException e)
        {
            throw Status(e);
        }
    }

    /// <summary>The code that says what a client may do about it: 403 and 400 never change, 404 and 409 may, 410 is for another process.</summary>
    internal static ApiStatusException Status(FileRefusedException refused)
    {
        var (code, reason) = refused.Refusal switch
        {
            FileRefusal.NotFound => (StatusCodes.Status404NotFound, StatusReason.NotFound),
            FileRefusal.NeverOpened => (StatusCodes.Status403Forbidden, StatusReason.Forbidden),
            FileRefusal.Changed => (StatusCodes.Status409Conflict, StatusReason.Conflict),
            FileRefusal.ProcessEnded => (StatusCodes.Status410Gone, StatusReason.Gone),
            FileRefusal.Failed => (StatusCodes.Status500InternalServerError, StatusReason.InternalError),
            _ => (StatusCodes.Status400BadRequest, StatusReason.BadRequest),
        };
        return new ApiStatusException(new ApiStatus { Code = code, Reason = reason, Message = refused.Message });
    }

    private static async Task StatAsync(HttpContext http, FilesQuery query, FileNode node)
    {
        var answer = new ArrayBufferWriter<byte>();
        await using (var json = new Utf8JsonWriter(answer))
        {
            json.WriteStartObject();
            WriteKind(json, "PodFile");
            FileEntryJson.WriteMembers(json, node.Describe(NameOf(query.Path)));
            json.WriteEndObject();
        }

        http.Response.ContentType = "application/json";
        await http.Response.Body.WriteAsync(answer.WrittenMemory, http.RequestAborted).ConfigureAwait(false);
    }

    private static async Task ListAsync(HttpContext http, FilesQuery query, FileNode node)
    {
        using var directory = node.OpenDirectory(query.Shown);
        if (query.Continue is { } token)
        {
            directory.Seek(token);
        }

        http.Response.ContentType = "application/json";

        // Not the answer's own buffer: a failure before the first part must still be able to answer something else.
        var part = new ArrayBufferWriter<byte>(2 * PartBytes);
        await using var json = new Utf8JsonWriter(part);
        json.WriteStartObject();
        WriteKind(json, "PodFileList");
        json.WriteStartArray("items");
        foreach (var entry in directory.Read(query.Limit))
        {
            json.WriteStartObject();
            FileEntryJson.WriteMembers(json, entry);
            json.WriteEndObject();
            if (part.WrittenCount + json.BytesPending > PartBytes)
            {
                await SendAsync().ConfigureAwait(false);
            }
        }

        json.WriteEndArray();
        json.WriteStartObject("metadata");
        if (directory.Continue is { } next)
        {
            json.WriteString("continue", next);
        }

        json.WriteEndObject();
        json.WriteEndObject();
        await SendAsync().ConfigureAwait(false);

        async Task SendAsync()
        {
            await json.FlushAsync(http.RequestAborted).ConfigureAwait(false);
            await http.Response.Body.WriteAsync(part.WrittenMemory, http.RequestAborted).ConfigureAwait(false);
            part.ResetWrittenCount();
        }
    }

    private static async Task ReadAsync(HttpContext http, FilesQuery query, FileNode node)
    {
        using var file = node.OpenFile(query.Shown);
        if (query.Offset > file.Size)
        {
            throw ApiStatusException.BadRequest($"offset: {query.Offset}: {query.Shown} has {file.Size} bytes");
        }

        // A client may read as slowly as it likes: it may be a pager.
        if (http.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }

        var length = Math.Min(file.Size - query.Offset, query.MaxBytes);
        http.Response.ContentType = "application/octet-stream";
        http.Response.ContentLength = length;
        await http.Response.StartAsync(http.RequestAborted).ConfigureAwait(false);
        if (await file.CopyToAsync(http.Response.Body, query.Offset, length, http.RequestAborted).ConfigureAwait(false) < length)
        {
            // The file has become shorter: the client must not take what it has for all of it.
            http.Abort();
        }
    }

    private static void WriteKind(Utf8JsonWriter json, string kind)
    {
        json.WriteString("kind", kind);
        json.WriteString("apiVersion", InspectGroup.ApiVersion);
    }

    /// <summary>The last name of a path; <c>/</c> for the root.</summary>
    private static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> path)
    {
        var name = path.TrimEnd((byte)'/');
        return name.IsEmpty ? "/"u8 : name[(name.LastIndexOf((byte)'/') + 1)..];
    }
}
