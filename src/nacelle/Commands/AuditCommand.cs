using System.CommandLine;
using System.Net.Sockets;
using System.Text.Json;

using Nacelle.Audit;
using Nacelle.Kubernetes.Client;
using Nacelle.Kubernetes.Exposure;
using Nacelle.Kubernetes.Names;

namespace Nacelle.Commands;

/// <summary>
/// What the containers of a Pod can do to each other. Its exit codes are those of a check in a pipeline: 2 means findings, so whatever goes wrong,
/// the command line included, is 1.
/// </summary>
internal static class AuditCommand
{
    private const string Name = "audit";
    private const int Findings = 2;

    /// <summary>Whether it is this command that was given.</summary>
    public static bool Is(ParseResult result) => result.CommandResult.Command.Name == Name;

    public static Command Create(CommonOptions options)
    {
        var pod = new Argument<string?>("POD") { Description = "A Pod that runs: what its containers can do is also tried.", Arity = ArgumentArity.ZeroOrOne };
        var file = new Option<string?>("--filename", "-f") { HelpName = "FILE", Description = "A manifest (- for standard input): Pods and the Pod templates of workloads, before they run." };
        var output = new Option<string>("--output", "-o") { HelpName = "FORMAT", Description = "table, or json: an array with one object for each observer, target and access.", DefaultValueFactory = _ => "table" };
        var failOn = new Option<string?>("--fail-on") { HelpName = "LEVEL", Description = "high, medium, low or info: exit code 2 when a finding has this level or a higher one." };
        var command = new CommandWithExamples(
            Name,
            "Say what the containers of a Pod can see, signal and read of each other, what that exposes, and what closes it. Exit codes: 0 no finding"
            + " of the level of --fail-on (always, without it); 2 findings; 1 an error, a wrong command line too.",
            "nacelle audit -f examples/share-process-namespace.yaml",
            "nacelle audit -f deployment.yaml --fail-on high -o json",
            "nacelle audit nginx")
        {
            pod, file, options.Namespace, output, failOn, options.RunDirectory,
        };
        command.SetAction((result, cancellationToken) => RunAsync(
            options.Read(result),
            new AuditRequest(result.GetValue(pod), result.GetValue(file), result.GetValue(options.Namespace)!, result.GetValue(output)!, result.GetValue(failOn)),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Configuration configuration, AuditRequest request, CancellationToken cancellationToken)
    {
        ExposureLevel? threshold = Check(request);
        var (findings, header) = request.File is { } file
            ? Static(file, await ReadAsync(file, cancellationToken))
            : (await LiveAsync(configuration, request, cancellationToken), "");
        if (request.Output == "json")
        {
            WriteJson(findings);
        }
        else
        {
            Console.Out.Write(ExposureTable.Of(findings, header));
        }

        return threshold is { } level && findings.Any(finding => Counts(finding, level)) ? Findings : ExitCode.Done;
    }

    /// <summary>A contradicted prediction counts at every level: what is open there is not known.</summary>
    private static bool Counts(ExposureFinding finding, ExposureLevel level) =>
        (finding.IsOpen && finding.Level >= level) || finding.Verified == false;

    /// <returns>The level of <c>--fail-on</c>.</returns>
    private static ExposureLevel? Check(AuditRequest request)
    {
        if (request.Pod is null == request.File is null)
        {
            throw new CommandException("audit: either a POD or -f FILE is needed; see nacelle audit --help");
        }

        if (request.Pod?.StartsWith('-') == true)
        {
            throw new CommandException($"audit: unknown option {request.Pod}; see nacelle audit --help");
        }

        if (request.Pod is { } pod && NameRules.Dns1123Subdomain(pod) is [var fault, ..])
        {
            throw new CommandException($"audit: {pod}: {fault}");
        }

        if (NameRules.Dns1123Label(request.Namespace) is [var wrong, ..])
        {
            throw new CommandException($"audit: --namespace {request.Namespace}: {wrong}");
        }

        if (request.Output is not ("table" or "json"))
        {
            throw new CommandException($"audit: --output {request.Output}: expected table or json");
        }

        return request.FailOn is { } word
            ? Words.Level(word) ?? throw new CommandException($"audit: --fail-on {word}: expected high, medium, low or info")
            : null;
    }

    private static async Task<string> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            return file == "-" ? await Console.In.ReadToEndAsync(cancellationToken) : await File.ReadAllTextAsync(file, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"audit: {e.Message}", e);
        }
    }

    private static (IReadOnlyList<ExposureFinding> Findings, string Header) Static(string file, string text)
    {
        try
        {
            var pods = ManifestPods.Read(text);
            return ([.. pods.SelectMany(PodAudit.Of)], string.Concat(pods.Select(ExposureTable.Header)));
        }
        catch (ManifestException e)
        {
            throw new CommandException($"audit: {(file == "-" ? "standard input" : file)}: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    private static async Task<IReadOnlyList<ExposureFinding>> LiveAsync(Configuration configuration, AuditRequest request, CancellationToken cancellationToken)
    {
        using var api = LocalApi.Open(configuration);
        try
        {
            var answer = await api.GetJsonAsync(
                $"/apis/inspect.nacelle.dev/v1alpha1/namespaces/{request.Namespace}/pods/{request.Pod}/exposure", cancellationToken);
            return FindingsJson.Read(answer.GetProperty("findings"));
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.AccessDenied })
        {
            throw LocalApi.NotReached(Name, configuration.ApiSocket, e);
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException)
        {
            throw new CommandException($"audit: no server answers on {configuration.ApiSocket} (nacelle serve starts one; -f FILE audits a manifest without)", e);
        }
        catch (Exception e) when (e is ApiException or HttpRequestException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new CommandException($"audit: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    private static void WriteJson(IReadOnlyList<ExposureFinding> findings)
    {
        using var stream = Console.OpenStandardOutput();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            FindingsJson.Write(writer, findings);
        }

        stream.Write("\n"u8);
    }
}
