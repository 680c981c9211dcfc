using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Decoding;
using Nacelle.Kubernetes.Discovery;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Inspection;

namespace Nacelle.Kubelet.InspectApi;

/// <summary>What an API server that aggregates the group asks for first.</summary>
internal static class InspectDiscovery
{
    public static Task GroupsAsync(HttpContext http) => AggregatedDocument.IsPreferred(http.Request.Headers.Accept.ToString()) == true
        ? AnswerAsync(http, AggregatedDocument.Of(InspectGroup.Resources), AggregatedDocument.MediaType)
        : AnswerAsync(http, GroupDocuments.List(InspectGroup.Resources));

    public static Task GroupAsync(HttpContext http) => AnswerAsync(http, GroupDocuments.One(InspectGroup.Name, InspectGroup.Resources));

    public static Task ResourcesAsync(HttpContext http) =>
        AnswerAsync(http, ResourceListDocument.Of(InspectGroup.Name, InspectGroup.Version, InspectGroup.Resources));

    private static Task AnswerAsync(HttpContext http, JsonObject document, string contentType = "application/json") => HttpMethods.IsGet(http.Request.Method)
        ? TaggedDocument.WriteAsync(http, ObjectDecoder.ToUtf8(document), contentType)
        : throw ApiStatusException.MethodNotAllowed();
}
