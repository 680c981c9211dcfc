using System.Net;
using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Names;

namespace Nacelle.ApiServer.Resources.Pod.Validation;

/// <summary>The rules of what a Pod shares with its host, and of its names and name resolution.</summary>
internal static class NamespaceSharingValidation
{
    private const string AddressFault = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";

    /// <summary>On the host's network a host port cannot be another port.</summary>
    public static void CheckHostNetwork(List<FieldError> errors, PodContext pod)
    {
        if (!pod.Spec.Flag("hostNetwork"))
        {
            return;
        }

        foreach (string list in (string[])["containers", "initContainers"])
        {
            int c = 0;
            foreach (JsonObject container in pod.Spec.Items(list))
            {
                int p = 0;
                foreach (JsonObject port in container.Items("ports"))
                {
                    if (port.Number("hostPort") != port.Number("containerPort"))
                    {
                        errors.Add(FieldError.Invalid(pod.Path[list][c]["ports"][p]["hostPort"], port.Number("hostPort"),
                            "must match `containerPort` when `hostNetwork` is true"));
                    }

                    p++;
                }

                c++;
            }
        }
    }

    /// <summary>A Pod with users of its own shares nothing that shows the host's.</summary>
    public static void CheckHostUsers(List<FieldError> errors, PodContext pod)
    {
        if (pod.HostUsers)
        {
            return;
        }

        foreach ((string field, string shown) in (ReadOnlySpan<(string, string)>)[("hostNetwork", "hostNetwork"), ("hostPID", "HostPID"), ("hostIPC", "HostIPC")])
        {
            if (pod.Spec.Flag(field))
            {
                errors.Add(FieldError.Forbidden(pod.Path[shown], "when `hostUsers` is false"));
            }
        }
    }

    public static void CheckDns(List<FieldError> errors, PodContext pod)
    {
        JsonObject? config = pod.Spec.Child("dnsConfig");
        FieldPath path = pod.Path["dnsConfig"];
        if (pod.Spec.Text("dnsPolicy") == "None")
        {
            if (config is null)
            {
                errors.Add(FieldError.Required(path, "must provide `dnsConfig` when `dnsPolicy` is None"));
                return;
            }

            if (config.List("nameservers") is not { Count: > 0 })
            {
                errors.Add(FieldError.Required(path["nameservers"], "must provide at least one DNS nameserver when `dnsPolicy` is None"));
                return;
            }
        }

        CheckServers(errors, config, path["nameservers"]);
        CheckSearches(errors, config, path["searches"]);
        int i = 0;
        foreach (JsonObject option in config.Items("options"))
        {
            if (option.Text("name").Length == 0)
            {
                errors.Add(FieldError.Required(path["options"][i], "must not be empty"));
            }

            i++;
        }
    }

    public static void CheckHostAliases(List<FieldError> errors, PodContext pod)
    {
        int i = 0;
        foreach (JsonObject alias in pod.Spec.Items("hostAliases"))
        {
            FieldPath at = pod.Path["hostAliases"][i++];
            CheckAddress(errors, alias.Text("ip"), at["ip"]);
            foreach (string name in alias.Texts("hostnames"))
            {
                MetadataValidation.AddInvalid(errors, at["hostnames"], name, NameRules.Dns1123Subdomain(name));
            }
        }
    }

    public static void CheckHostname(List<FieldError> errors, PodContext pod)
    {
        if (pod.Spec.TextOrNull("hostnameOverride") is not { } name)
        {
            return;
        }

        FieldPath path = pod.Path["hostnameOverride"];
        MetadataValidation.AddInvalid(errors, path, name, NameRules.Dns1123Subdomain(name));
        if (name.Length > 64)
        {
            errors.Add(FieldError.TooLong(path, 64));
        }

        if (pod.Spec.Flag("hostNetwork"))
        {
            errors.Add(FieldError.Forbidden(path, "may not be specified when hostNetwork is true"));
        }

        if (pod.Spec.Flag("setHostnameAsFQDN"))
        {
            errors.Add(FieldError.Forbidden(path, "may not be specified when setHostnameAsFQDN is true"));
        }
    }

    private static void CheckServers(List<FieldError> errors, JsonObject? config, FieldPath path)
    {
        string[] servers = [.. config.Texts("nameservers")];
        if (servers.Length > 3)
        {
            errors.Add(FieldError.Invalid(path, config.List("nameservers"), "must not have more than 3 nameservers"));
        }

        for (int i = 0; i < servers.Length; i++)
        {
            CheckAddress(errors, servers[i], path[i]);
        }
    }

    private static void CheckSearches(List<FieldError> errors, JsonObject? config, FieldPath path)
    {
        string[] searches = [.. config.Texts("searches")];
        if (searches.Length > 32)
        {
            errors.Add(FieldError.Invalid(path, config.List("searches"), "must not have more than 32 search paths"));
        }

        if (string.Join(' ', searches).Length > 2048)
        {
            errors.Add(FieldError.Invalid(path, config.List("searches"), "must not have more than 2048 characters (including spaces) in the search list"));
        }

        for (int i = 0; i < searches.Length; i++)
        {
            // A single dot means the root; a trailing dot makes a name absolute.
            string search = searches[i] == "." ? "" : searches[i];
            string name = search.EndsWith('.') ? search[..^1] : search;
            if (searches[i] != ".")
            {
                MetadataValidation.AddInvalid(errors, path[i], name, NameRules.Dns1123SubdomainWithUnderscore(name));
            }
        }
    }

    private static void CheckAddress(List<FieldError> errors, string text, FieldPath path)
    {
        if (!IsAddress(text))
        {
            errors.Add(FieldError.Invalid(path, text, AddressFault));
        }
    }

    /// <summary>Dotted IPv4 with four numbers, or IPv6 without a zone; .NET reads more than that.</summary>
    private static bool IsAddress(string text) => IPAddress.TryParse(text, out IPAddress? address)
        && !text.Contains('%', StringComparison.Ordinal) && !text.Contains('[', StringComparison.Ordinal)
        && (text.Contains(':', StringComparison.Ordinal) || (text.Count(c => c == '.') == 3 && text.All(c => char.IsAsciiDigit(c) || c == '.')));
}
