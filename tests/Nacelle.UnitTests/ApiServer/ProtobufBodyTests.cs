using System.Text;
using System.Text.Json.Nodes;
using Nacelle.ApiServer.Protobuf;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Schema;
using Xunit;

namespace Nacelle.UnitTests.ApiServer;

public sealed class ProtobufBodyTests
{
    // As kubectl 1.32 sends `create configmap x --from-literal=a=b` and `create ns x`.
    private static readonly byte[] ConfigMap = Latin1("k8s\0\n\u000f\n\u0002v1\u0012\tConfigMap\u0012\u001b\n\u0011\n\u0001x\u0012\0\u001a\0\"\0*\02\08\0B\0\u0012\u0006\n\u0001a\u0012\u0001b\u001a\0\"\0");
    private static readonly byte[] Namespace = Latin1("k8s\0\n\u000f\n\u0002v1\u0012\tNamespace\u0012\u0019\n\u0011\n\u0001x\u0012\0\u001a\0\"\0*\02\08\0B\0\u0012\0\u001a\u0002\n\0\u001a\0\"\0");

    [Fact]
    public void ToJson_ConfigMapOfKubectl_HasItsNameAndData()
    {
        JsonNode item = JsonNode.Parse(ProtobufBody.ToJson(ConfigMap, ObjectSchema.Get("", "v1", "ConfigMap")))!;
        Assert.Equal(("ConfigMap", "v1", "x", "b"), ((string?)item["kind"], (string?)item["apiVersion"], (string?)item["metadata"]!["name"], (string?)item["data"]!["a"]));
        Assert.Null(item["metadata"]!["creationTimestamp"]);
    }

    [Fact]
    public void ToJson_NamespaceOfKubectl_HasItsName()
    {
        JsonNode item = JsonNode.Parse(ProtobufBody.ToJson(Namespace, ObjectSchema.Get("", "v1", "Namespace")))!;
        Assert.Equal(("Namespace", "x"), ((string?)item["kind"], (string?)item["metadata"]!["name"]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(30)]
    [InlineData(44)]
    public void ToJson_CutShort_Is400(int length)
    {
        ApiStatusException refused = Assert.Throws<ApiStatusException>(
            () => ProtobufBody.ToJson(ConfigMap.AsSpan(0, length), ObjectSchema.Get("", "v1", "ConfigMap")));
        Assert.Equal(400, refused.Status.Code);
    }

    private static byte[] Latin1(string text) => Encoding.Latin1.GetBytes(text);
}
