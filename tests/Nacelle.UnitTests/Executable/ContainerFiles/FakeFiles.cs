using System.Net;
using System.Text;
using System.Text.Json;
using System.Web;
using Nacelle.ContainerFiles;
using Nacelle.Inspect.Files;
using Nacelle.Kubernetes.Client;

namespace Nacelle.UnitTests.Executable.ContainerFiles;

/// <summary>A server of <c>pods/files</c> that answers what a test tells it, right or wrong. Paths are without a slash at their end.</summary>
internal sealed class FakeFiles : HttpMessageHandler
{
    private readonly Dictionary<string, FileEntry> files = [];
    private readonly Dictionary<string, List<FileEntry>> lists = [];
    private readonly Dictionary<string, Func<HttpContent>> contents = [];

    public FakeFiles() => files[""] = new FileEntry { Name = "/"u8.ToArray(), Type = FileType.Directory, Mode = 0x1ED };

    /// <summary>As <see cref="FilesApi"/> for the path's container.</summary>
    public FilesApi Api => new(new KubernetesApi(this, new Uri("http://localhost"), "test/1"), "/the.sock", "default", new FileReference("pod", null, "/"));

    public void Add(string directory, FileEntry entry, byte[]? content = null)
    {
        var path = $"{directory}/{Encoding.UTF8.GetString(entry.Name)}";
        files[path] = entry;
        if (!lists.TryGetValue(directory, out var list))
        {
            lists[directory] = list = [];
        }

        list.Add(entry);
        if (content is not null)
        {
            contents[path] = () => new ByteArrayContent(content);
        }
    }

    public void AddFile(string directory, string name, string content, uint mode = 0x1A4) =>
        Add(directory, new FileEntry { Name = Encoding.UTF8.GetBytes(name), Type = FileType.File, Mode = mode }, Encoding.UTF8.GetBytes(content));

    /// <summary>A file whose content ends before its length.</summary>
    public void AddShortFile(string directory, string name)
    {
        Add(directory, new FileEntry { Name = Encoding.UTF8.GetBytes(name), Type = FileType.File });
        contents[$"{directory}/{name}"] = () => new StreamContent(new ShortStream());
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var query = HttpUtility.ParseQueryString(request.RequestUri!.Query);
        var path = query["path"]!.TrimEnd('/');
        var answer = query["operation"] switch
        {
            "stat" when files.TryGetValue(path, out var file) && !(query["path"]!.EndsWith('/') && file.Type != FileType.Directory) => Json(json => FileEntryJson.WriteMembers(json, file)),
            "list" when files.ContainsKey(path) => Json(json => WriteList(json, lists.GetValueOrDefault(path) ?? [], query["continue"])),
            "read" when contents.TryGetValue(path, out var content) => new HttpResponseMessage { Content = content() },
            _ => new HttpResponseMessage(HttpStatusCode.NotFound)
            {
                Content = new StringContent($$"""{"kind":"Status","message":"{{path}}: no such file or directory","reason":"NotFound","code":404}"""),
            },
        };
        return Task.FromResult(answer);
    }

    /// <summary>Two entries a page, however many are asked for.</summary>
    private static void WriteList(Utf8JsonWriter json, List<FileEntry> entries, string? from)
    {
        var start = from is null ? 0 : int.Parse(from, System.Globalization.CultureInfo.InvariantCulture);
        json.WriteStartArray("items");
        foreach (var entry in entries.Skip(start).Take(2))
        {
            json.WriteStartObject();
            FileEntryJson.WriteMembers(json, entry);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("metadata");
        if (start + 2 < entries.Count)
        {
            json.WriteString("continue", $"{start + 2}");
        }

        json.WriteEndObject();
    }

    private static HttpResponseMessage Json(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return new HttpResponseMessage { Content = new ByteArrayContent(buffer.ToArray()) };
    }

    private sealed class ShortStream : MemoryStream
    {
        public ShortStream()
            : base(new byte[100])
        {
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => Position < Length
            ? base.ReadAsync(buffer, cancellationToken)
            : throw new HttpIOException(HttpRequestError.ResponseEnded);
    }
}
