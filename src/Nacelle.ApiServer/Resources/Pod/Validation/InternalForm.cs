using System.Text.Json.Nodes;
using Nacelle.Kubernetes;

namespace Nacelle.ApiServer.Resources.Pod.Validation;

/// <summary>
/// Structures as messages show them: the reference server prints its inner types there, whose fields are spelled as in Go and are
/// all written.
/// </summary>
internal static class InternalForm
{
    private static readonly (string Go, string Json)[] SecurityFields =
    [
        ("Capabilities", "capabilities"), ("Privileged", "privileged"), ("SELinuxOptions", "seLinuxOptions"), ("WindowsOptions", "windowsOptions"),
        ("RunAsUser", "runAsUser"), ("RunAsGroup", "runAsGroup"), ("RunAsNonRoot", "runAsNonRoot"),
        ("ReadOnlyRootFilesystem", "readOnlyRootFilesystem"), ("AllowPrivilegeEscalation", "allowPrivilegeEscalation"), ("ProcMount", "procMount"),
        ("SeccompProfile", "seccompProfile"), ("AppArmorProfile", "appArmorProfile"),
    ];

    public static string SecurityContext(JsonObject context)
    {
        var shown = new JsonObject();
        foreach ((string go, string json) in SecurityFields)
        {
            shown[go] = context[json] switch
            {
                null => null,
                JsonObject capabilities when json == "capabilities" => new JsonObject
                {
                    ["Add"] = capabilities["add"]?.DeepClone(),
                    ["Drop"] = capabilities["drop"]?.DeepClone(),
                },
                JsonObject other => Capitalised(other),
                JsonNode value => value.DeepClone(),
            };
        }

        return shown.ToJsonString(JsonText.Compact);
    }

    public static string ResourceClaim(JsonObject claim) => new JsonObject
    {
        ["Name"] = claim.Text("name"),
        ["ResourceClaimName"] = claim.TextOrNull("resourceClaimName"),
        ["ResourceClaimTemplateName"] = claim.TextOrNull("resourceClaimTemplateName"),
    }.ToJsonString(JsonText.Compact);

    private static JsonObject Capitalised(JsonObject document)
    {
        var shown = new JsonObject();
        foreach ((string name, JsonNode? value) in document)
        {
            shown[char.ToUpperInvariant(name[0]) + name[1..]] = value?.DeepClone();
        }

        return shown;
    }
}
