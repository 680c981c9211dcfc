using System.CommandLine;

using Nacelle;
using Nacelle.Commands;
using Nacelle.Linux;

var options = new CommonOptions();
var root = new RootCommand("""
    Kubernetes Pods on one machine, without a cluster, with real kubectl.

    Examples:
      nacelle serve                                   all four parts in one process
      nacelle kubeconfig --merge ~/.kube/config       let kubectl find it
      kubectl apply -f examples/share-process-namespace.yaml
      nacelle files cat nginx:nginx:/etc/hosts        a file of any container
      nacelle doctor                                  what this machine lacks, and what mends it

    Exit codes: 0 done; 1 it could not be done (one line says why); 2 the command line is wrong. audit has its own.
    """)
{
    PartCommands.Serve(options),
    PartCommands.ApiServer(options),
    PartCommands.Controllers(options),
    PartCommands.Kubelet(options),
    PartCommands.Runtime(options),
    FilesCommand.Create(options),
    KubeconfigCommand.Create(options),
    SignalCommand.Create(options),
    TreeCommand.Create(options),
    DoctorCommand.Create(options),
    DownCommand.Create(options),
    AuditCommand.Create(options),
    VersionCommand.Create(options),
};

var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    Console.Error.WriteLine($"nacelle: {parsed.Errors[0].Message}; see nacelle --help");
    return AuditCommand.Is(parsed) ? ExitCode.Failure : ExitCode.Usage;
}

if (parsed.CommandResult.Command is CommandWithExamples command)
{
    command.ShowExamples();
}

try
{
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
}
catch (UsageException e)
{
    Console.Error.WriteLine($"nacelle: {e.Message}");
    return ExitCode.Usage;
}
catch (CommandException e)
{
    Console.Error.WriteLine($"nacelle: {e.Message}");
    return ExitCode.Failure;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException or LinuxException)
{
    // What the machine refuses, wherever it was met: the message names the path or the call.
    Console.Error.WriteLine($"nacelle: {e.Message}");
    return ExitCode.Failure;
}
