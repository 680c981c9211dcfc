using System.Text;
using System.Text.Json.Nodes;
using Nacelle.ApiServer.Patching;
using Nacelle.Kubernetes.Decoding;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Schema;
using Xunit;

namespace Nacelle.UnitTests.ApiServer.Patching;

public sealed class ObjectPatchTests
{
    private static readonly ObjectSchema Pod = ObjectSchema.Get("", "v1", "Pod");

    private static JsonObject Current => ObjectDecoder.Decode(
        """
        {"kind":"Pod","apiVersion":"v1","metadata":{"name":"p","labels":{"a":"1","b":"2"},"finalizers":["x/a","x/b"]},
         "spec":{"containers":[{"name":"one","image":"i1","env":[{"name":"A","value":"1"},{"name":"B","value":"2"}]},{"name":"two","image":"i2"}],
                 "volumes":[{"name":"v","emptyDir":{}}]}}
        """u8, Pod.Type).Document;

    private static JsonObject Apply(PatchKind kind, string patch, FieldValidation validation = FieldValidation.Strict, List<string>? warnings = null) =>
        ObjectPatch.Apply(kind, Encoding.UTF8.GetBytes(patch), Current, Pod, validation, warnings ?? []);

    private static string At(JsonObject document, params string[] path)
    {
        JsonNode? node = document;
        foreach (string name in path)
        {
            node = int.TryParse(name, out int index) ? node![index] : node![name];
        }

        return node?.ToJsonString() ?? "null";
    }

    [Fact]
    public void Apply_StrategicItemWithKnownKey_IsMerged() => Assert.Equal(
        """[{"name":"one","image":"new","env":[{"name":"A","value":"1"},{"name":"B","value":"9"}],"resources":{}},{"name":"two","image":"i2","resources":{}}]""",
        At(Apply(PatchKind.Strategic, """{"spec":{"containers":[{"name":"one","image":"new","env":[{"name":"B","value":"9"}]}]}}"""), "spec", "containers"));

    [Fact]
    public void Apply_StrategicDelete_TakesTheItemOut() => Assert.Equal(
        "\"two\"", At(Apply(PatchKind.Strategic, """{"spec":{"containers":[{"name":"one","$patch":"delete"}]}}"""), "spec", "containers", "0", "name"));

    [Fact]
    public void Apply_SetElementOrder_ArrangesOldAndNewItems()
    {
        JsonObject pod = Apply(PatchKind.Strategic,
            """{"spec":{"$setElementOrder/containers":[{"name":"two"},{"name":"three"},{"name":"one"}],"containers":[{"name":"three","image":"i3"}]}}""");
        Assert.Equal(["two", "three", "one"], pod["spec"]!["containers"]!.AsArray().Select(item => item!["name"]!.GetValue<string>()));
    }

    [Fact]
    public void Apply_RetainKeys_ClearsTheOtherSource() => Assert.Equal(
        """{"name":"v","hostPath":{"path":"/x"}}""",
        At(Apply(PatchKind.Strategic, """{"spec":{"volumes":[{"name":"v","$retainKeys":["name","hostPath"],"hostPath":{"path":"/x"}}]}}"""), "spec", "volumes", "0"));

    [Fact]
    public void Apply_DeleteFromPrimitiveList_RemovesOnlyThose() => Assert.Equal(
        """["x/b"]""", At(Apply(PatchKind.Strategic, """{"metadata":{"$deleteFromPrimitiveList/finalizers":["x/a","x/none"]}}"""), "metadata", "finalizers"));

    [Theory]
    [InlineData("""{"metadata":{"labels":{"$patch":"replace","only":"me"}}}""", """{"only":"me"}""")]
    [InlineData("""{"metadata":{"labels":{"a":null,"c":"3"}}}""", """{"b":"2","c":"3"}""")]
    public void Apply_StrategicMap_FollowsTheDirective(string patch, string labels) =>
        Assert.Equal(labels, At(Apply(PatchKind.Strategic, patch), "metadata", "labels"));

    [Theory]
    [InlineData("""{"spec":{"containers":[{"image":"x"}]}}""", 500, "map: map[image:x] does not contain declared merge key: name")]
    [InlineData("""{"spec":{"containers":{"name":"x"}}}""", 422, " \"\" is invalid: patch: Invalid value: \"map[spec:map[containers:map[name:x]]]\": cannot restore slice from map")]
    [InlineData("[]", 400, "json: cannot unmarshal array into Go value of type map[string]interface {}")]
    [InlineData("{\"a\"", 400, "unexpected end of JSON input")]
    public void Apply_BadStrategicPatch_IsRefused(string patch, int code, string message)
    {
        ApiStatusException refused = Assert.Throws<ApiStatusException>(() => Apply(PatchKind.Strategic, patch));
        Assert.Equal((code, message), (refused.Status.Code, refused.Message));
    }

    [Fact]
    public void Apply_Merge_ReplacesListsAndRemovesNulls()
    {
        JsonObject pod = Apply(PatchKind.Merge, """{"metadata":{"labels":{"a":null}},"spec":{"containers":[{"name":"n"}]}}""");
        Assert.Equal("""{"b":"2"}""", At(pod, "metadata", "labels"));
        Assert.Equal("""[{"name":"n","resources":{}}]""", At(pod, "spec", "containers"));
    }

    [Theory]
    [InlineData("""[{"op":"add","path":"/metadata/labels/x~1y","value":"z"}]""", """{"a":"1","b":"2","x/y":"z"}""")]
    [InlineData("""[{"op":"replace","path":"/metadata/labels/new","value":"z"}]""", """{"a":"1","b":"2","new":"z"}""")]
    [InlineData("""[{"op":"test","path":"/metadata/labels/none","value":null},{"op":"remove","path":"/metadata/labels/a"}]""", """{"b":"2"}""")]
    [InlineData("""[{"op":"move","from":"/metadata/labels/a","path":"/metadata/labels/c"}]""", """{"b":"2","c":"1"}""")]
    [InlineData("""[{"op":"copy","from":"/metadata/labels/a","path":"/metadata/labels/c"}]""", """{"a":"1","b":"2","c":"1"}""")]
    public void Apply_JsonOperation_ChangesTheDocument(string patch, string labels) =>
        Assert.Equal(labels, At(Apply(PatchKind.Json, patch), "metadata", "labels"));

    [Theory]
    [InlineData("""[{"op":"test","path":"/metadata/labels/a","value":"x"}]""", 422)]
    [InlineData("""[{"op":"remove","path":"/metadata/labels/none"}]""", 422)]
    [InlineData("""[{"op":"add","path":"/metadata/none/x","value":1}]""", 422)]
    [InlineData("""{"op":"add"}""", 400)]
    [InlineData("""[{"op":"add","path":"/spec/bogus","value":1}]""", 422)]
    public void Apply_BadJsonPatch_IsRefused(string patch, int code) =>
        Assert.Equal(code, Assert.Throws<ApiStatusException>(() => Apply(PatchKind.Json, patch)).Status.Code);

    [Fact]
    public void Apply_UnknownFieldInWarnMode_IsDroppedWithAWarning()
    {
        List<string> warnings = [];
        JsonObject pod = Apply(PatchKind.Merge, """{"spec":{"bogus":1}}""", FieldValidation.Warn, warnings);
        Assert.Equal(["unknown field \"spec.bogus\""], warnings);
        Assert.Null(pod["spec"]!["bogus"]);
    }
}
