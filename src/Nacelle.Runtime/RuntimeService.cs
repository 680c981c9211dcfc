using Nacelle.Runtime.Containers;
using Nacelle.Runtime.Sandboxes;
using Nacelle.Runtime.Streaming;

namespace Nacelle.Runtime;

/// <summary>
/// CRI v1's RuntimeService: one file an RPC, each only a few lines that call into Sandboxes and Containers. Calls that have no file
/// answer Unimplemented. Exceptions become statuses in <see cref="ErrorInterceptor"/>.
/// </summary>
internal sealed partial class RuntimeService(
    RuntimeParts parts,
    SandboxRun sandboxRun,
    SandboxStop sandboxStop,
    ContainerCreate containerCreate,
    ContainerStart containerStart,
    ContainerStop containerStop,
    ContainerRemoval containerRemoval,
    ContainerExec containerExec,
    StreamingServer streaming) : global::Runtime.V1.RuntimeService.RuntimeServiceBase
{
    private readonly RuntimeParts parts = parts;
    private readonly SandboxRun sandboxRun = sandboxRun;
    private readonly SandboxStop sandboxStop = sandboxStop;
    private readonly ContainerCreate containerCreate = containerCreate;
    private readonly ContainerStart containerStart = containerStart;
    private readonly ContainerStop containerStop = containerStop;
    private readonly ContainerRemoval containerRemoval = containerRemoval;
    private readonly ContainerExec containerExec = containerExec;
    private readonly StreamingServer streaming = streaming;
}
