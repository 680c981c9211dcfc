using Grpc.Core;
using Runtime.V1;

namespace Nacelle.Runtime;

internal sealed partial class RuntimeService
{
    /// <summary>Both conditions hold while this program answers: it does not start without what they need.</summary>
    public override Task<StatusResponse> Status(StatusRequest request, ServerCallContext context)
    {
        var response = new StatusResponse { Status = new RuntimeStatus(), Features = new RuntimeFeatures { SupplementalGroupsPolicy = true } };
        response.Status.Conditions.Add(new RuntimeCondition { Type = "RuntimeReady", Status = true });
        response.Status.Conditions.Add(new RuntimeCondition { Type = "NetworkReady", Status = true });
        response.RuntimeHandlers.Add(new RuntimeHandler { Name = "", Features = new RuntimeHandlerFeatures() });
        if (request.Verbose)
        {
            response.Info["config"] = InfoJson.Write(writer =>
            {
                writer.WriteString("ociRuntime", parts.OciRuntime.Identity.Name);
                writer.WriteString("ociRuntimeVersion", parts.OciRuntime.Identity.Version);
                writer.WriteString("cgroupVersion", parts.Cgroups.Version.ToString());
                writer.WriteString("stateDirectory", parts.Directories.State);
                writer.WriteString("runDirectory", parts.Directories.Run);
            });
        }

        return Task.FromResult(response);
    }
}
