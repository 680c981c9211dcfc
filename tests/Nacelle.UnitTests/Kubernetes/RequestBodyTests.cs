using System.Text;
using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Decoding;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Schema;
using Xunit;

namespace Nacelle.UnitTests.Kubernetes;

public sealed class RequestBodyTests
{
    private const string Prefix = "Pod in version \"v1\" cannot be handled as a Pod: ";

    private static JsonObject Decode(
        string text, BodyFormat format = BodyFormat.Json, FieldValidation validation = FieldValidation.Strict, List<string>? warnings = null) =>
        RequestBody.Decode(Encoding.UTF8.GetBytes(text), format, ObjectSchema.Get("", "v1", "Pod"), validation, warnings ?? []);

    private static string Refusal(string text, BodyFormat format = BodyFormat.Json) =>
        Assert.Throws<ApiStatusException>(() => Decode(text, format)).Message;

    [Theory]
    [InlineData("""{"spec":{"bogus":1}}""", "strict decoding error: unknown field \"spec.bogus\"")]
    [InlineData("""{"spec":{"hostPID":true,"hostPID":true}}""", "strict decoding error: duplicate field \"spec.hostPID\"")]
    [InlineData("""{"spec":{"containers":[{"Name":"a"}]}}""", "strict decoding error: unknown field \"spec.containers[0].Name\"")]
    [InlineData("""{"spec":{"hostPID":"yes"}}""", "json: cannot unmarshal string into Go struct field PodSpec.spec.hostPID of type bool")]
    [InlineData("""{"spec":{"volumes":[{"emptyDir":"x"}]}}""",
        "json: cannot unmarshal string into Go struct field Volume.spec.volumes.VolumeSource.emptyDir of type v1.EmptyDirVolumeSource")]
    [InlineData("""{"spec":{"containers":[{"ports":[{"containerPort":80.5}]}]}}""",
        "json: cannot unmarshal number 80.5 into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32")]
    [InlineData("""{"kind":"Secret"}""", null)]
    public void Decode_NotAPod_SaysWhatAndWhere(string body, string? reason) => Assert.Equal(
        reason is null ? "Secret in version \"v1\" cannot be handled as a Pod: converting (v1.Secret) to (core.Pod): unknown conversion" : Prefix + reason,
        Refusal(body));

    [Fact]
    public void Decode_UnknownFieldInWarnMode_IsDroppedWithAWarning()
    {
        List<string> warnings = [];
        JsonObject pod = Decode("""{"spec":{"bogus":1,"hostPID":true}}""", validation: FieldValidation.Warn, warnings: warnings);
        Assert.Equal(["unknown field \"spec.bogus\""], warnings);
        Assert.True(pod.Child("spec").Flag("hostPID"));
        Assert.False(pod.Child("spec").Has("bogus"));
    }

    [Fact]
    public void Decode_MalformedJson_QuotesTheBeginning() => Assert.Equal(
        "the object provided is unrecognized (must be of type Pod): couldn't get version/kind; json parse error: "
        + "invalid character '}' looking for beginning of object key string ({\"a\":1,})",
        Refusal("""{"a":1,}"""));

    [Fact]
    public void Decode_YamlKeyTwice_NamesTheLine() => Assert.Equal(
        Prefix + "strict decoding error: yaml: unmarshal errors:\n  line 3: key \"name\" already set in map",
        Refusal("metadata:\n  name: a\n  name: b\n", BodyFormat.Yaml));

    [Fact]
    public void Decode_YamlBooleanWord_IsNotAString() => Assert.Equal(
        Prefix + "json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.name of type string",
        Refusal("metadata: {name: yes}\n", BodyFormat.Yaml));

    [Fact]
    public void Decode_ZeroValues_AreLeftOutUnlessTheFieldIsNullable()
    {
        JsonObject pod = Decode(
            """
            {"metadata":{"name":"p","labels":{},"creationTimestamp":null},
             "spec":{"hostPID":false,"nodeName":"","shareProcessNamespace":false,"volumes":[],
                     "containers":[{"name":"c","resources":null,"command":[]}]}}
            """);
        Assert.Equal("""{"name":"p"}""", pod["metadata"]!.ToJsonString());
        Assert.Equal("""{"containers":[{"name":"c","resources":{}}],"shareProcessNamespace":false}""", pod["spec"]!.ToJsonString());
    }

    [Fact]
    public void Decode_AliasBomb_IsRefused()
    {
        var yaml = new StringBuilder("a: &a [x,x,x,x,x,x,x,x,x]\n");
        for (char c = 'b'; c < 'j'; c++)
        {
            yaml.Append(c).Append(": &").Append(c).Append(" [").AppendJoin(',', Enumerable.Repeat("*" + (char)(c - 1), 9)).Append("]\n");
        }

        Assert.Contains("yaml: document contains excessive aliasing", Refusal(yaml.ToString(), BodyFormat.Yaml), StringComparison.Ordinal);
    }
}
