using System.CommandLine;
using System.Globalization;
using System.Text;

using Nacelle.ContainerFiles;
using Nacelle.Kubernetes.Client;

namespace Nacelle.Commands;

/// <summary>The files of any container, whatever its image has in it.</summary>
internal static class FilesCommand
{
    public static Command Create(CommonOptions options)
    {
        var command = new CommandWithExamples(
            "files",
            "Look at the files of a running container and copy them out; no shell or tool is needed in it.",
            "nacelle files ls nginx:nginx:/etc/nginx",
            "nacelle files cat nginx:nginx:/etc/nginx/nginx.conf",
            "nacelle files stat nginx:/var/log/nginx/access.log",
            "nacelle files cp -n web nginx:/var/log/nginx ./logs")
        {
            FilesLsCommand.Create(options),
            FilesCatCommand.Create(options),
            FilesStatCommand.Create(options),
            FilesCpCommand.Create(options),
        };
        return command;
    }

    internal static Argument<string> Reference() => new("FILE") { Description = "POD:CONTAINER:/path, or POD:/path where the Pod has one container." };

    internal static Option<string?> Output()
    {
        var option = new Option<string?>("--output", "-o") { HelpName = "FORMAT", Description = "json: also for names that are no text." };
        option.AcceptOnlyFromAmong("json");
        return option;
    }

    internal static Option<long> Bound(string name, string description, long value) => new(name)
    {
        HelpName = "N",
        Description = description,
        DefaultValueFactory = _ => value,
        CustomParser = result =>
        {
            if (long.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < long.MaxValue)
            {
                return number;
            }

            result.AddError($"{name} {result.Tokens[0].Value}: expected a number, 0 or more");
            return 0;
        },
    };

    /// <summary>Runs one of the commands on a container's files; what the server refuses is its one line.</summary>
    internal static async Task<int> RunAsync(
        Configuration configuration, string podNamespace, string reference, Func<FilesApi, byte[], Task<int>> action)
    {
        var file = FileReference.Parse(reference);
        using var server = LocalApi.Open(configuration);
        try
        {
            return await action(new FilesApi(server, configuration.ApiSocket, podNamespace, file), Encoding.UTF8.GetBytes(file.Path));
        }
        catch (Exception e) when (e is ApiException or ShortFileException)
        {
            throw new CommandException($"files: {e.Message}", e);
        }
        catch (FormatException e)
        {
            throw new CommandException($"files: the server's answer is not what was expected: {e.Message}", e);
        }
    }
}
