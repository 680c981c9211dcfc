using System.CommandLine;
using System.Reflection;

namespace Nacelle.Commands;

internal static class VersionCommand
{
    /// <summary>The product's version, as the build was given it.</summary>
    public static string Text =>
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public static Command Create()
    {
        var command = new Command("version", "Print the version.");
        command.SetAction(_ =>
        {
            Console.Out.WriteLine($"nacelle {Text}");
            return ExitCode.Done;
        });
        return command;
    }
}
