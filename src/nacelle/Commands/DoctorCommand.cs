using System.CommandLine;

using Nacelle.Doctor;

namespace Nacelle.Commands;

internal static class DoctorCommand
{
    public static Command Create(CommonOptions options)
    {
        var command = new CommandWithExamples(
            "doctor",
            "Check what Nacelle needs of this machine; nothing is changed. Exit code 0: all is there; 1: something is missing.",
            "nacelle doctor",
            "nacelle doctor --state-dir /srv/nacelle --oci-runtime /usr/sbin/runc")
        {
            options.StateDirectory, options.RunDirectory, options.OciRuntime, options.Conmon,
        };
        command.SetAction((result, cancellationToken) => RunAsync(options.Read(result), Console.Out, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Configuration configuration, TextWriter output, CancellationToken cancellationToken)
    {
        var complete = true;
        foreach (var finding in Requirements.Examine(configuration).Append(await ServerAsync(configuration, cancellationToken)))
        {
            var mark = finding.Verdict switch { Verdict.Ok => "ok", Verdict.Note => "note", _ => "MISSING" };
            output.WriteLine($"{mark,-8}{finding.Subject,-18}{finding.Detail}");
            if (finding.Verdict != Verdict.Ok && finding.Remedy is not null)
            {
                output.WriteLine($"{"",-26}mend it: {finding.Remedy}");
            }

            complete &= finding.Verdict != Verdict.Missing;
        }

        return complete ? ExitCode.Done : ExitCode.Failure;
    }

    private static async Task<Finding> ServerAsync(Configuration configuration, CancellationToken cancellationToken)
    {
        try
        {
            return await LocalApi.ServerVersionAsync(configuration, cancellationToken) is { } version
                ? new("server", Verdict.Ok, $"{version} answers on {configuration.ApiSocket}")
                : new("server", Verdict.Note, $"none answers on {configuration.ApiSocket}", "nacelle serve");
        }
        catch (CommandException e)
        {
            return new("server", Verdict.Note, e.Message);
        }
    }
}
