using System.Text;
using System.Text.Json.Nodes;
using Nacelle.ApiServer.Resources.ConfigMap;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Decoding;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Names;

namespace Nacelle.ApiServer.Resources.Secret;

/// <summary>The rules of Secrets: those of keys, and what each of the well-known types must hold.</summary>
internal static class SecretValidation
{
    private const int MaximumBytes = 1024 * 1024;
    private const string Redacted = "<secret contents redacted>";

    public static IReadOnlyList<FieldError> Create(JsonObject item)
    {
        List<FieldError> errors = [];
        MetadataValidation.Check(errors, item, namespaced: true, NameRules.Dns1123Subdomain);
        CheckData(errors, item);
        return errors;
    }

    public static IReadOnlyList<FieldError> Update(JsonObject item, JsonObject old)
    {
        List<FieldError> errors = [];
        MetadataValidation.CheckUpdate(errors, item, old, namespaced: true);
        if (item.Text("type") != old.Text("type"))
        {
            errors.Add(FieldError.Invalid("type", item.Text("type"), "field is immutable"));
        }

        ConfigMapValidation.CheckImmutable(errors, item, old, "data");
        CheckData(errors, item);
        return errors;
    }

    /// <summary>An update that does not name the type means the type that it has.</summary>
    public static void PrepareForUpdate(JsonObject item, JsonObject old)
    {
        if (item.Text("type").Length == 0)
        {
            item["type"] = old.Text("type");
        }
    }

    public static IReadOnlyList<string> Warnings(JsonObject item, JsonObject? old) =>
        item.Text("type") == "kubernetes.io/tls" && !Value(item, "tls.crt").Contains("-----BEGIN ", StringComparison.Ordinal)
            ? ["tls: failed to find any PEM data in certificate input"]
            : [];

    private static void CheckData(List<FieldError> errors, JsonObject item)
    {
        JsonObject? data = item.Child("data");
        if (ConfigMapValidation.CheckKeys(errors, data, "data", encoded: true) > MaximumBytes)
        {
            errors.Add(FieldError.TooLong("data", MaximumBytes));
        }

        switch (item.Text("type"))
        {
            case "kubernetes.io/service-account-token":
                const string Account = "kubernetes.io/service-account.name";
                if (item.Child("metadata", "annotations").Text(Account).Length == 0)
                {
                    errors.Add(FieldError.Required(new FieldPath("metadata.annotations").Key(Account)));
                }

                break;
            case "kubernetes.io/dockercfg":
                CheckJson(errors, item, ".dockercfg");
                break;
            case "kubernetes.io/dockerconfigjson":
                CheckJson(errors, item, ".dockerconfigjson");
                break;
            case "kubernetes.io/basic-auth" when !Has(data, "username") && !Has(data, "password"):
                errors.Add(FieldError.Required(new FieldPath("data").Key("username")));
                errors.Add(FieldError.Required(new FieldPath("data").Key("password")));
                break;
            case "kubernetes.io/ssh-auth" when Value(item, "ssh-privatekey").Length == 0:
                errors.Add(FieldError.Required(new FieldPath("data").Key("ssh-privatekey")));
                break;
            case "kubernetes.io/tls":
                foreach (string key in (string[])["tls.crt", "tls.key"])
                {
                    if (!Has(data, key))
                    {
                        errors.Add(FieldError.Required(new FieldPath("data").Key(key)));
                    }
                }

                break;
        }
    }

    private static void CheckJson(List<FieldError> errors, JsonObject item, string key)
    {
        FieldPath path = new FieldPath("data").Key(key);
        if (!Has(item.Child("data"), key))
        {
            errors.Add(FieldError.Required(path));
            return;
        }

        try
        {
            if (LooseJson.Parse(Encoding.UTF8.GetBytes(Value(item, key)), []) is not (null or JsonObject))
            {
                errors.Add(FieldError.Invalid(path, Redacted, "json: cannot unmarshal into Go value of type map[string]interface {}"));
            }
        }
        catch (DecodingException fault)
        {
            errors.Add(FieldError.Invalid(path, Redacted, fault.Message));
        }
    }

    private static bool Has(JsonObject? data, string key) => data?.ContainsKey(key) == true;

    private static string Value(JsonObject item, string key) => Encoding.UTF8.GetString(Convert.FromBase64String(item.Child("data").Text(key)));
}
