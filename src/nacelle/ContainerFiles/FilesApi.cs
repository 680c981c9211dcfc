using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Unicode;

using Nacelle.Inspect.Files;
using Nacelle.Kubernetes.Client;
using Nacelle.Kubernetes.Inspection;

namespace Nacelle.ContainerFiles;

/// <summary>The subresource <c>pods/files</c> of one container, as a client. Refusals are <see cref="ApiException"/>s.</summary>
/// <param name="socket">Where the API is served, for messages.</param>
internal sealed class FilesApi(KubernetesApi api, string socket, string podNamespace, FileReference reference)
{
    private const int PageSize = 1000;

    /// <summary>What is told of one file; a link is told of itself, unless a slash follows it.</summary>
    public async Task<FileEntry> StatAsync(byte[] path, CancellationToken cancellationToken) =>
        FileEntryJson.Read(await AskAsync(() => api.GetJsonAsync(Address("stat", path), cancellationToken)));

    /// <summary>The directory that a link leads to; null where it leads to a file, to nothing or to what is never opened: reading it says which.</summary>
    public async Task<FileEntry?> FindDirectoryAsync(byte[] link, CancellationToken cancellationToken)
    {
        try
        {
            return await StatAsync([.. link, (byte)'/'], cancellationToken);
        }
        catch (ApiException e) when (e.Code is HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.Forbidden)
        {
            return null;
        }
    }

    /// <summary>The entries of a directory, in its own order.</summary>
    public async IAsyncEnumerable<FilePage> ListAsync(byte[] path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        FilePage page;
        string? from = null;
        do
        {
            var address = Address("list", path) + string.Create(CultureInfo.InvariantCulture, $"&limit={PageSize}")
                + (from is null ? "" : $"&continue={Uri.EscapeDataString(from)}");
            var answer = await AskAsync(() => api.GetJsonAsync(address, cancellationToken));
            from = answer.GetProperty("metadata").TryGetProperty("continue", out var token) ? token.GetString() : null;
            page = new FilePage([.. answer.GetProperty("items").EnumerateArray().Select(FileEntryJson.Read)], from);
            yield return page;
        }
        while (page.Continue is not null);
    }

    /// <summary>The content of a file; reading it fails where it comes to an end before its length.</summary>
    /// <param name="maxBytes">More is not sent; null for all.</param>
    public Task<HttpResponseMessage> ReadAsync(byte[] path, long? maxBytes, CancellationToken cancellationToken)
    {
        var bound = maxBytes is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"&maxBytes={bytes}") : "";
        return AskAsync(() => api.GetContentAsync(Address("read", path) + bound, cancellationToken));
    }

    private string Address(string operation, byte[] path)
    {
        var file = Utf8.IsValid(path)
            ? $"path={Uri.EscapeDataString(System.Text.Encoding.UTF8.GetString(path))}"
            : $"rawPath={Uri.EscapeDataString(Convert.ToBase64String(path))}";
        var container = reference.Container is { } name ? $"&container={Uri.EscapeDataString(name)}" : "";
        return $"/apis/{InspectGroup.ApiVersion}/namespaces/{Uri.EscapeDataString(podNamespace)}/pods/{Uri.EscapeDataString(reference.Pod)}/files"
            + $"?operation={operation}&{file}{container}";
    }

    private async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (HttpRequestException e)
        {
            throw LocalApi.NotReached("files", socket, e);
        }
    }
}
