using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Nacelle.ApiServer.Endpoints;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Discovery;

/// <summary><c>/version</c>: the Kubernetes version whose API this is, and whose server.</summary>
internal static class VersionEndpoint
{
    private const string Minor = "36";

    /// <summary>The version that clients compare with their own: that of the API, and behind the plus Nacelle's.</summary>
    public static string GitVersion(string version) => $"v1.{Minor}.0+nacelle-{version}";

    public static Task HandleAsync(HttpContext http, string version)
    {
        if (!HttpMethods.IsGet(http.Request.Method))
        {
            throw ApiStatusException.MethodNotAllowed();
        }

        Representation representation = ContentNegotiation.ForObject(http.Request, transformations: false);
        if (representation.Yaml)
        {
            throw ApiStatusException.NotAcceptable("only the following media types are accepted: application/json");
        }

        return ResponseWriter.WriteDocumentAsync(http, representation, new JsonObject
        {
            ["major"] = "1",
            ["minor"] = Minor,
            ["emulationMajor"] = "1",
            ["emulationMinor"] = Minor,
            ["minCompatibilityMajor"] = "1",
            ["minCompatibilityMinor"] = "35",
            ["gitVersion"] = GitVersion(version),
            ["gitCommit"] = "",
            ["gitTreeState"] = "clean",
            ["buildDate"] = "1970-01-01T00:00:00Z",
            ["goVersion"] = "",
            ["compiler"] = ".NET " + Environment.Version,
            ["platform"] = "linux/" + (RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "amd64"),
        });
    }
}
