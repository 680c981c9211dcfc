using System.Text;
using System.Text.Json.Nodes;
using Nacelle.Kubernetes;

namespace Nacelle.ApiServer.Resources.Secret;

/// <summary>Defaults of a Secret; what was given as text becomes data.</summary>
internal static class SecretDefaults
{
    public static void Apply(JsonObject secret)
    {
        if (secret.Text("type").Length == 0)
        {
            secret["type"] = "Opaque";
        }

        if (secret.Child("stringData") is { } texts)
        {
            JsonObject data = secret.Ensure("data");
            foreach ((string key, JsonNode? value) in texts)
            {
                data[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value.AsText() ?? ""));
            }
        }

        secret.Remove("stringData");
    }
}
