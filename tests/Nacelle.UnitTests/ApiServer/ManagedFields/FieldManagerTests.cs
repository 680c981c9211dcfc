using System.Text.Json.Nodes;
using Nacelle.ApiServer.ManagedFields;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Decoding;
using Nacelle.Kubernetes.Schema;
using Xunit;

namespace Nacelle.UnitTests.ApiServer.ManagedFields;

public sealed class FieldManagerTests
{
    private static readonly DateTimeOffset Now = new(2024, 5, 1, 10, 0, 0, TimeSpan.Zero);
    private static readonly ObjectSchema Pods = ObjectSchema.Get("", "v1", "Pod");
    private static readonly ObjectSchema ConfigMaps = ObjectSchema.Get("", "v1", "ConfigMap");

    private static JsonObject Read(string json, ObjectSchema schema) =>
        ObjectDecoder.Decode(System.Text.Encoding.UTF8.GetBytes(json), schema.Type).Document;

    private static string Fields(JsonObject item, int entry = 0) =>
        item.Child("metadata").Items("managedFields").ElementAt(entry).Child("fieldsV1")!.ToJsonString(JsonText.Compact);

    [Fact]
    public void RecordUpdate_NewPod_OwnsItemsByKeyAndNoIdentity()
    {
        JsonObject pod = Read(
            """{"metadata":{"name":"p","namespace":"d","labels":{"a":"1"}},"spec":{"containers":[{"name":"c","image":"i","ports":[{"containerPort":80}]}]},"status":{"phase":"Pending"}}""",
            Pods);
        FieldManager.RecordUpdate(pod, null, Pods, "me", "", ["f:status"], Now);
        Assert.Equal(
            """{"f:metadata":{"f:labels":{".":{},"f:a":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"c\"}":{".":{},"f:image":{},"f:name":{},"f:ports":{".":{},"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{}}},"f:resources":{}}}}}""",
            Fields(pod));
        JsonObject entry = pod.Child("metadata").Items("managedFields").Single();
        Assert.Equal(("me", "Update", "v1", "2024-05-01T10:00:00Z"), (entry.Text("manager"), entry.Text("operation"), entry.Text("apiVersion"), entry.Text("time")));
    }

    [Fact]
    public void RecordUpdate_OtherManagerChangesAValue_TakesIt()
    {
        JsonObject old = Read("""{"metadata":{"name":"m"},"data":{"a":"1","b":"2"}}""", ConfigMaps);
        FieldManager.RecordUpdate(old, null, ConfigMaps, "one", "", [], Now);
        JsonObject item = Read("""{"metadata":{"name":"m"},"data":{"a":"9","c":"3"}}""", ConfigMaps);
        FieldManager.RecordUpdate(item, old, ConfigMaps, "two", "", [], Now.AddMinutes(1));
        Assert.Equal("""{"f:data":{}}""", Fields(item, 0));
        Assert.Equal("""{"f:data":{"f:a":{},"f:c":{}}}""", Fields(item, 1));
    }

    [Fact]
    public void RecordUpdate_NothingChanged_LeavesTheRecordAsItWas()
    {
        JsonObject old = Read("""{"metadata":{"name":"m"},"data":{"a":"1"}}""", ConfigMaps);
        FieldManager.RecordUpdate(old, null, ConfigMaps, "one", "", [], Now);
        var item = (JsonObject)old.DeepClone();
        FieldManager.RecordUpdate(item, old, ConfigMaps, "two", "", [], Now.AddMinutes(1));
        Assert.True(JsonNode.DeepEquals(old, item));
    }

    [Fact]
    public void RecordUpdate_ManyWriters_KeepsTheRecordBounded()
    {
        JsonObject item = Read("""{"metadata":{"name":"m"},"data":{"k":"0"}}""", ConfigMaps);
        FieldManager.RecordUpdate(item, null, ConfigMaps, "w0", "", [], Now);
        for (int i = 1; i < 30; i++)
        {
            var next = (JsonObject)item.DeepClone();
            next.Child("data")!["k" + i] = "x";
            FieldManager.RecordUpdate(next, item, ConfigMaps, "w" + i, "", [], Now.AddMinutes(i));
            item = next;
        }

        string[] managers = [.. item.Child("metadata").Items("managedFields").Select(entry => entry.Text("manager"))];
        Assert.Equal(10, managers.Length);
        Assert.Contains("ancient-changes", managers);
    }
}
