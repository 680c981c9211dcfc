using System.CommandLine;

using Nacelle.Kubeconfigs;
using Nacelle.Pki;

namespace Nacelle.Commands;

internal static class KubeconfigCommand
{
    public static Command Create(CommonOptions options)
    {
        var merge = new Option<string?>("--merge") { HelpName = "FILE", Description = "Add context nacelle to FILE and make it current." };
        var remove = new Option<string?>("--remove") { HelpName = "FILE", Description = "Take context nacelle out of FILE; the context before it is current again." };
        var command = new CommandWithExamples(
            "kubeconfig",
            "Print the administrator's kubeconfig, or add it to a file.",
            "nacelle kubeconfig >nacelle.kubeconfig",
            "nacelle kubeconfig --merge ~/.kube/config") { options.StateDirectory, merge, remove };
        command.SetAction(result => Run(options.Read(result), result.GetValue(merge), result.GetValue(remove)));
        return command;
    }

    private static int Run(Configuration configuration, string? merge, string? remove)
    {
        if (merge is not null && remove is not null)
        {
            throw new UsageException("kubeconfig: --merge and --remove exclude each other");
        }

        var target = merge ?? remove;
        var previousContext = Path.Combine(configuration.StateDirectory, "previous-context");
        try
        {
            if (remove is not null)
            {
                new KubeconfigFile(remove, previousContext).Remove();
                return ExitCode.Done;
            }

            var path = PkiDirectory.AdminKubeconfigPath(configuration.PkiDirectory);
            if (!File.Exists(path))
            {
                throw new CommandException($"kubeconfig: {path} is not there yet; it is made when the API server starts");
            }

            var text = File.ReadAllText(path);
            if (merge is null)
            {
                Console.Out.Write(text);
                return ExitCode.Done;
            }

            new KubeconfigFile(merge, previousContext).Merge(KubeconfigDocument.Parse(text));
            return ExitCode.Done;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new CommandException($"kubeconfig: {target}: {e.Message}", e);
        }
    }
}
