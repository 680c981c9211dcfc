using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Nacelle.Inspect.Processes;
using Nacelle.Kubernetes.Inspection;
using Nacelle.Linux.Processes;

namespace Nacelle.Kubelet.InspectApi;

/// <summary>Writes a process as an object of the API. No environment and no content of a file is ever in it.</summary>
internal static class ProcessJson
{
    public static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static void Write(Utf8JsonWriter writer, IndexedProcess process, UserNames users)
    {
        writer.WriteStartObject();
        writer.WriteString("apiVersion"u8, InspectGroup.ApiVersion);
        writer.WriteString("kind"u8, InspectGroup.ProcessKind);
        WriteMetadata(writer, process);
        writer.WritePropertyName("status"u8);
        WriteStatus(writer, process.Value, users);
        writer.WriteEndObject();
    }

    /// <summary>What a row of a Table carries unless asked otherwise.</summary>
    public static void WritePartial(Utf8JsonWriter writer, IndexedProcess process)
    {
        writer.WriteStartObject();
        writer.WriteString("kind"u8, "PartialObjectMetadata");
        writer.WriteString("apiVersion"u8, "meta.k8s.io/v1");
        WriteMetadata(writer, process);
        writer.WriteEndObject();
    }

    private static void WriteMetadata(Utf8JsonWriter writer, IndexedProcess process)
    {
        var pod = process.Value.Container.Pod;
        writer.WriteStartObject("metadata"u8);
        writer.WriteString("name"u8, process.Value.Name);
        writer.WriteString("namespace"u8, pod.Namespace);
        writer.WriteString("uid"u8, process.Value.Uid);
        writer.WriteString("resourceVersion"u8, process.Revision.ToString(CultureInfo.InvariantCulture));
        writer.WriteString("creationTimestamp"u8, Started(process.Value).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        if (pod.Labels.Count > 0)
        {
            writer.WriteStartObject("labels"u8);
            foreach (var (name, value) in pod.Labels)
            {
                writer.WriteString(name, value);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteStatus(Utf8JsonWriter writer, ContainerProcess value, UserNames users)
    {
        var (container, process) = (value.Container, value.Process);
        writer.WriteStartObject();
        writer.WriteString("podName"u8, container.Pod.Name);
        writer.WriteString("podUID"u8, container.Pod.Uid);
        if (container.Name.Length > 0)
        {
            writer.WriteString("containerName"u8, container.Name);
        }

        writer.WriteString("containerID"u8, container.Id);
        writer.WriteString("origin"u8, value.Origin.ToString());
        if (process.HostPid == container.MainPid)
        {
            writer.WriteBoolean("mainProcess"u8, true);
        }

        writer.WriteNumber("pid"u8, value.Pid);
        writer.WriteNumber("parentPID"u8, value.ParentPid);
        writer.WriteNumber("hostPID"u8, process.HostPid);
        writer.WriteString("state"u8, process.State.ToString());
        writer.WriteString("name"u8, process.Name);
        WriteTexts(writer, "command"u8, process.Arguments);
        if (process.ArgumentsCut)
        {
            writer.WriteBoolean("commandTruncated"u8, true);
        }

        writer.WriteString("user"u8, users.Find(container, process.Uid));
        writer.WriteNumber("userID"u8, process.Uid);
        writer.WriteNumber("groupID"u8, process.Gid);
        writer.WriteString("startTime"u8, Started(value).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
        writer.WriteNumber("threads"u8, process.Threads);
        writer.WriteString("residentMemory"u8, string.Create(CultureInfo.InvariantCulture, $"{process.ResidentBytes / 1024}Ki"));
        writer.WriteNumber("cpuTimeMilliseconds"u8, (long)process.CpuTime.TotalMilliseconds);
        writer.WriteString("seccomp"u8, SeccompOf(process));
        WriteTexts(writer, "capabilities"u8, CapabilityNames.Of(process.EffectiveCapabilities));
        writer.WriteBoolean("noNewPrivileges"u8, process.NoNewPrivileges);
        writer.WriteEndObject();
    }

    public static string SeccompOf(ObservedProcess process) => process.Seccomp switch
    {
        0 => "Disabled",
        1 => "Strict",
        _ => "Filter",
    };

    public static DateTimeOffset Started(ContainerProcess process) => ClockTicks.TimeOf(process.Process.StartTicks);

    private static void WriteTexts(Utf8JsonWriter writer, ReadOnlySpan<byte> name, IEnumerable<string> texts)
    {
        var any = false;
        foreach (var text in texts)
        {
            if (!any)
            {
                writer.WriteStartArray(name);
                any = true;
            }

            writer.WriteStringValue(text);
        }

        if (any)
        {
            writer.WriteEndArray();
        }
    }
}
