using System.CommandLine;

using Nacelle.Doctor;

namespace Nacelle.Commands;

internal static class DoctorCommand
{
    public static Command Create(CommonOptions options)
    {
        var command = new Command("doctor", "Check what Nacelle needs of this machine. Exit code 0: all is there; 1: something is missing.")
        {
            options.StateDirectory, options.OciRuntime, options.Conmon,
        };
        command.SetAction(result => Run(options.Read(result), Console.Out));
        return command;
    }

    private static int Run(Configuration configuration, TextWriter output)
    {
        var complete = true;
        foreach (var finding in Requirements.Examine(configuration))
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
}
