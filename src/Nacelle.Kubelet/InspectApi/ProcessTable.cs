using System.Globalization;
using System.Text.Json;
using Nacelle.Inspect.Processes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Exposure;
using Nacelle.Linux.Processes;

namespace Nacelle.Kubelet.InspectApi;

/// <summary>What <c>kubectl get processes</c> shows; priority 1 with <c>-o wide</c> only.</summary>
internal static class ProcessTable
{
    private const int LongestCommand = 120;

    // Those of Linux 5.6, the oldest that runs Nacelle.
    private const int FewestOfAnyKernel = 38;

    private static readonly (string Name, string Type, string Format, string Description, int Priority)[] Columns =
    [
        ("Name", "string", "name", "POD:CONTAINER:PID, which names the process for as long as it lives.", 0),
        ("Pod", "string", "", "The Pod.", 0),
        ("Container", "string", "", "The container whose control group holds the process; none for the sandbox.", 0),
        ("PID", "integer", "", "The process ID as the Pod sees it.", 0),
        ("PPID", "integer", "", "The parent's process ID as the Pod sees it, 0 for a parent outside of the Pod.", 0),
        ("User", "string", "", "The effective user, by the name that the container's own passwd gives it.", 0),
        ("State", "string", "", "What the process is doing.", 0),
        ("Age", "string", "", "Time since the process was started.", 0),
        ("Command", "string", "", "The arguments, with control characters escaped; in brackets the kernel's name where there are none.", 0),
        ("Host-PID", "integer", "", "The process ID on the host.", 1),
        ("Threads", "integer", "", "Number of threads.", 1),
        ("RSS", "string", "", "Resident memory.", 1),
        ("CPU", "string", "", "Processor time used so far.", 1),
        ("Seccomp", "string", "", "Whether system calls are filtered.", 1),
        ("Capabilities", "string", "", "Effective capabilities, compared with a container's default set.", 1),
        ("No-New-Privs", "boolean", "", "Whether exec can no longer grant privileges.", 1),
        ("Origin", "string", "", "How the process came into the container.", 1),
    ];

    public static void WriteColumns(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("columnDefinitions"u8);
        foreach (var (name, type, format, description, priority) in Columns)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, name);
            writer.WriteString("type"u8, type);
            writer.WriteString("format"u8, format);
            writer.WriteString("description"u8, description);
            writer.WriteNumber("priority"u8, priority);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    public static void WriteRow(Utf8JsonWriter writer, IndexedProcess item, InspectServices services, string includeObject)
    {
        var (container, process) = (item.Value.Container, item.Value.Process);
        writer.WriteStartObject();
        writer.WriteStartArray("cells"u8);
        writer.WriteStringValue(item.Value.Name);
        writer.WriteStringValue(container.Pod.Name);
        writer.WriteStringValue(container.Name);
        writer.WriteNumberValue(item.Value.Pid);
        writer.WriteNumberValue(item.Value.ParentPid);
        writer.WriteStringValue(services.Users.Find(container, process.Uid));
        writer.WriteStringValue(process.State.ToString());
        writer.WriteStringValue(HumanDuration.Format(services.Time.GetUtcNow() - ProcessJson.Started(item.Value)));
        writer.WriteStringValue(CommandOf(process));
        writer.WriteNumberValue(process.HostPid);
        writer.WriteNumberValue(process.Threads);
        writer.WriteStringValue(SizeOf(process.ResidentBytes));
        writer.WriteStringValue(string.Create(CultureInfo.InvariantCulture, $"{process.CpuTime.TotalSeconds:0.00}s"));
        writer.WriteStringValue(ProcessJson.SeccompOf(process));
        writer.WriteStringValue(CapabilitiesOf(process.EffectiveCapabilities));
        writer.WriteBooleanValue(process.NoNewPrivileges);
        writer.WriteStringValue(item.Value.Origin.ToString());
        writer.WriteEndArray();
        if (includeObject != "None")
        {
            writer.WritePropertyName("object"u8);
            if (includeObject == "Object")
            {
                ProcessJson.Write(writer, item, services.Users);
            }
            else
            {
                ProcessJson.WritePartial(writer, item);
            }
        }

        writer.WriteEndObject();
    }

    internal static string CommandOf(ObservedProcess process)
    {
        if (process.Arguments.IsEmpty)
        {
            return $"[{process.Name}]";
        }

        var text = string.Join(' ', process.Arguments);
        return text.Length > LongestCommand || process.ArgumentsCut ? string.Concat(text.AsSpan(0, Math.Min(text.Length, LongestCommand - 1)), "…") : text;
    }

    internal static string CapabilitiesOf(ulong set)
    {
        if (set == 0)
        {
            return "none";
        }

        // An older kernel knows fewer: all of them are the lowest bits, without a gap.
        if ((set & (set + 1)) == 0 && System.Numerics.BitOperations.PopCount(set) >= FewestOfAnyKernel)
        {
            return "all";
        }

        var added = CapabilityNames.Of(set & ~LinuxCapabilities.Defaults).Select(name => "+" + name).ToList();
        var missing = CapabilityNames.Of(LinuxCapabilities.Defaults & ~set).Select(name => "-" + name).ToList();
        return missing.Count <= 3 ? "default" + string.Concat(added) + string.Concat(missing) : string.Join(',', CapabilityNames.Of(set));
    }

    private static string SizeOf(long bytes) => bytes < 10 * 1024 * 1024
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024}Ki")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024 * 1024)}Mi");
}
