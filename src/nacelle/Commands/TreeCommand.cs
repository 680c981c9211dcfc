using System.CommandLine;

using Nacelle.Kubernetes.Inspection;
using Nacelle.Trees;

namespace Nacelle.Commands;

/// <summary>Prints the processes of a Pod as a tree across its containers, whatever is in their images.</summary>
internal static class TreeCommand
{
    private static readonly string[] LocaleVariables = ["LC_ALL", "LC_CTYPE", "LANG"];

    public static Command Create(CommonOptions options)
    {
        var pod = new Argument<string>("POD") { Description = "The Pod." };
        var command = new CommandWithExamples(
            "tree",
            "Print the processes of a Pod as a tree.",
            "nacelle tree nginx",
            "nacelle tree web -n shop")
        {
            pod, options.Namespace, options.RunDirectory,
        };
        command.SetAction((result, cancellationToken) =>
            RunAsync(options.Read(result), result.GetValue(pod)!, result.GetValue(options.Namespace)!, cancellationToken));
        return command;
    }

    private static Task<int> RunAsync(Configuration configuration, string pod, string ns, CancellationToken cancellationToken) =>
        LocalApi.AskAsync("tree", configuration, async api =>
        {
            var space = $"namespaces/{Uri.EscapeDataString(ns)}";
            var found = await api.GetJsonAsync($"/api/v1/{space}/pods/{Uri.EscapeDataString(pod)}", cancellationToken);
            var list = await api.GetJsonAsync(
                $"/apis/{InspectGroup.ApiVersion}/{space}/processes?fieldSelector={Uri.EscapeDataString("status.podName=" + pod)}", cancellationToken);
            TreeProcess[] processes = [.. list.GetProperty("items").EnumerateArray().Select(TreeProcess.Read)];
            if (processes.Length == 0)
            {
                throw new CommandException($"tree: pod \"{pod}\" in namespace \"{ns}\" has no process: it does not run");
            }

            foreach (var line in ProcessTree.Draw(processes, SharedNamespaces.Of(found), Width(), IsUnicode()))
            {
                Console.Out.WriteLine(line);
            }

            return ExitCode.Done;
        });

    /// <summary>The terminal's; what goes elsewhere is not cut.</summary>
    private static int Width() => Console.IsOutputRedirected || Console.WindowWidth is not (> 0 and var width) ? int.MaxValue : width;

    /// <summary>As locale(7) says which variable counts.</summary>
    private static bool IsUnicode() =>
        LocaleVariables.Select(Environment.GetEnvironmentVariable).FirstOrDefault(v => v is { Length: > 0 }) is { } locale
        && locale.Replace("-", "", StringComparison.Ordinal).EndsWith("utf8", StringComparison.OrdinalIgnoreCase);
}
