using System.CommandLine;
using System.Reflection;

namespace Nacelle.Commands;

internal static class VersionCommand
{
    /// <summary>The product's version, as the build was given it.</summary>
    public static string Text =>
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public static Command Create(CommonOptions options)
    {
        var command = new CommandWithExamples(
            "version",
            "Print the version of this program, and of the server that runs on this machine.",
            "nacelle version")
        {
            options.RunDirectory,
        };
        command.SetAction((result, cancellationToken) => RunAsync(options.Read(result), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Configuration configuration, CancellationToken cancellationToken)
    {
        await Console.Out.WriteLineAsync($"nacelle {Text}");
        var server = await LocalApi.ServerVersionAsync(configuration, cancellationToken);
        await Console.Out.WriteLineAsync(server is null ? $"server  none answers on {configuration.ApiSocket}" : $"server  {server}");
        return ExitCode.Done;
    }
}
