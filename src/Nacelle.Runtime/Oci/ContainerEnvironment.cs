using System.Collections.Immutable;
using System.Text;
using Runtime.V1;

namespace Nacelle.Runtime.Oci;

/// <summary>A container's environment: what the image sets, then what CRI sets, each name once.</summary>
internal static class ContainerEnvironment
{
    private const string DefaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    public static ImmutableArray<string> For(ContainerConfig config, ImmutableArray<string> image, string hostname)
    {
        var order = new List<string>();
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        Set(DefaultPath);
        Set($"HOSTNAME={hostname}");
        if (config.Tty)
        {
            Set("TERM=xterm");
        }

        foreach (var entry in image)
        {
            Set(entry);
        }

        foreach (var variable in config.Envs)
        {
            var value = Encoding.UTF8.GetString(variable.Value.Span);
            if (variable.Key.Length == 0 || variable.Key.Contains('=', StringComparison.Ordinal) || variable.Key.Contains('\0', StringComparison.Ordinal) || value.Contains('\0', StringComparison.Ordinal))
            {
                throw RuntimeException.Invalid($"environment variable \"{variable.Key}\" is malformed");
            }

            Set($"{variable.Key}={value}");
        }

        return [.. order.Select(name => values[name])];

        void Set(string entry)
        {
            var equals = entry.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? entry : entry[..equals];
            if (!values.ContainsKey(name))
            {
                order.Add(name);
            }

            values[name] = entry;
        }
    }
}
