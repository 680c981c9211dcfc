using System.Text;
using System.Text.Json.Nodes;
using Nacelle.ApiServer.Protobuf;
using Nacelle.Kubernetes.Decoding;
using Nacelle.Kubernetes.Schema;
using Xunit;

namespace Nacelle.UnitTests.ApiServer;

/// <summary>Pods in protobuf, as <c>kubectl debug --copy-to</c> sends them.</summary>
public sealed class PodProtobufTests
{
    private static ObjectSchema Pod => ObjectSchema.Get("", "v1", "Pod");

    [Fact]
    public void ToJson_PodWithNestedParts_IsThePodThatJsonSays()
    {
        byte[] main = Join(
            Text(1, "main"), Text(2, "busybox"), Text(3, "sleep"), Text(3, "1"), Text(5, ""),
            Bytes(7, Text(1, "A"), Text(2, "b")),
            Bytes(7, Text(1, "FROM"), Text(2, ""), Bytes(3, Bytes(3, Bytes(1, Text(1, "config")), Text(2, "key")))),
            Bytes(8, Bytes(1, Text(1, "memory"), Bytes(2, Text(1, "64Mi")))),
            Bytes(9, Text(1, "data"), Number(2, 0), Text(3, "/data")),
            Bytes(10, Bytes(1, Bytes(2, Text(1, "/"), Bytes(2, Number(1, 1), Number(2, 0), Text(3, "http")))), Number(2, 5)),
            Bytes(11, Bytes(1, Bytes(3, Bytes(1, Number(1, 0), Number(2, 80), Text(3, ""))))),
            Bytes(15, Bytes(1, Text(1, "SYS_PTRACE")), Number(4, 0), Number(5, 1)));
        byte[] spec = Join(
            Bytes(1, Text(1, "data"), Bytes(2, Bytes(2, Text(1, "Memory")))),
            Bytes(2, main),
            Bytes(14, Number(4, 100), Number(4, 200)),
            Number(27, 1),
            Bytes(34, Bytes(1, Text(1, "debug"), Text(2, "tools")), Text(2, "main")));
        byte[] pod = Join(Bytes(1, Text(1, "copy")), Bytes(2, spec), Bytes(3, Text(1, "")));
        byte[] body = Join("k8s\0"u8.ToArray(), Bytes(1, Text(1, "v1"), Text(2, "Pod")), Bytes(2, pod), Text(3, ""), Text(4, ""));

        JsonObject item = RequestBody.Decode(ProtobufBody.ToJson(body, Pod), BodyFormat.Json, Pod, FieldValidation.Strict, []);

        item.Remove("status");
        JsonNode? expected = JsonNode.Parse(
            """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"copy"},"spec":{"volumes":[{"name":"data","emptyDir":{"medium":"Memory"}}],
            "containers":[{"name":"main","image":"busybox","command":["sleep","1"],"env":[{"name":"A","value":"b"},
            {"name":"FROM","valueFrom":{"configMapKeyRef":{"name":"config","key":"key"}}}],"resources":{"limits":{"memory":"64Mi"}},
            "volumeMounts":[{"name":"data","mountPath":"/data"}],"livenessProbe":{"httpGet":{"path":"/","port":"http"},"initialDelaySeconds":5},
            "readinessProbe":{"tcpSocket":{"port":80}},"securityContext":{"capabilities":{"add":["SYS_PTRACE"]},"runAsUser":0,"runAsNonRoot":true}}],
            "ephemeralContainers":[{"name":"debug","image":"tools","resources":{},"targetContainerName":"main"}],
            "shareProcessNamespace":true,"securityContext":{"supplementalGroups":[100,200]}}}
            """);
        Assert.True(JsonNode.DeepEquals(expected, item), item.ToJsonString());
    }

    [Fact]
    public void Table_Fields_AreThoseOfTheSchema()
    {
        var seen = new HashSet<string>();
        Compare("Pod", Pod.Type);
        Assert.InRange(seen.Count, 100, 200);

        void Compare(string message, SchemaType type)
        {
            if (!seen.Add(message))
            {
                return;
            }

            ProtobufField[] fields = [.. Flat(message)];
            // The envelope has these two of a kind; managedFields are of no use in what a client creates.
            string[] elsewhere = message switch { "Pod" => ["apiVersion", "kind"], "ObjectMeta" => ["managedFields"], _ => [] };
            Assert.Equal((message, Names(type.Fields.Select(f => f.Name).Except(elsewhere))), (message, Names(fields.Select(f => f.Name))));
            foreach (ProtobufField field in fields)
            {
                SchemaType inner = type.Field(field.Name)!.Type;
                Assert.Equal((message, field.Name, field.Repeated, field.Map), (message, field.Name, inner.Kind == SchemaKind.List, inner.Kind == SchemaKind.Map));
                inner = inner.Element ?? inner;
                Assert.Equal((message, field.Name, ProtobufMessages.Find(field.Type) is not null), (message, field.Name, inner.Kind == SchemaKind.Structure));
                if (inner.Kind == SchemaKind.Structure)
                {
                    Compare(field.Type, inner);
                }
            }
        }
    }

    private static IEnumerable<ProtobufField> Flat(string message) =>
        ProtobufMessages.Find(message)!.Values.SelectMany(field => field.Inline ? Flat(field.Type) : [field]);

    private static string Names(IEnumerable<string> names) => string.Join(' ', names.Order(StringComparer.Ordinal));

    private static byte[] Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    private static byte[] Bytes(int field, params byte[][] parts)
    {
        byte[] value = Join(parts);
        return Join(Varint((uint)(field << 3) | 2), Varint((uint)value.Length), value);
    }

    private static byte[] Number(int field, uint value) => Join(Varint((uint)field << 3), Varint(value));

    private static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(part => part)];

    private static byte[] Varint(uint value) => value < 0x80 ? [(byte)value] : [(byte)(value | 0x80), .. Varint(value >> 7)];
}
