using Grpc.Core;

namespace Nacelle.Kubelet.Containers;

/// <summary>How errors of the runtime are told to users.</summary>
internal static class RpcErrors
{
    /// <summary>As Go's gRPC prints an error, which is what users of Kubernetes search for.</summary>
    public static string Describe(this RpcException error) => $"rpc error: code = {error.StatusCode} desc = {error.Status.Detail}";
}
