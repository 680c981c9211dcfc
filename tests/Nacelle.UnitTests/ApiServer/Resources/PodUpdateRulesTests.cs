using System.Text;
using System.Text.Json.Nodes;
using Nacelle.ApiServer.Resources;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Decoding;
using Nacelle.Kubernetes.Schema;
using Xunit;

namespace Nacelle.UnitTests.ApiServer.Resources;

public sealed class PodUpdateRulesTests
{
    private const string Base = "{restartPolicy: Always, activeDeadlineSeconds: 100, tolerations: [{key: a, operator: Exists}], containers: [{name: c, image: i}]}";

    private static readonly ResourceType Pods = ResourceRegistry.Find("", "v1", "pods")!;

    private static JsonObject Pod(string spec)
    {
        JsonObject pod = RequestBody.Decode(
            Encoding.UTF8.GetBytes($"metadata: {{name: p, namespace: default, resourceVersion: '1'}}\nspec: {spec}\n"), BodyFormat.Yaml,
            ObjectSchema.Get("", "v1", "Pod"), FieldValidation.Strict, []);
        Pods.Default!(pod);
        return pod;
    }

    private static string[] Update(string spec, string subresource = "")
    {
        JsonObject old = Pod(Base);
        JsonObject item = Pod(spec);
        Subresource? view = Pods.Subresources.FirstOrDefault(one => one.Name == subresource);
        (view is null ? Pods.PrepareForUpdate : view.PrepareForUpdate)!(item, old);
        return [.. (view is null ? Pods.ValidateUpdate : view.ValidateUpdate)!(item, old).Select(error => error.Message)];
    }

    [Theory]
    [InlineData("{activeDeadlineSeconds: 100, tolerations: [{key: a, operator: Exists}], containers: [{name: c, image: other}]}")]
    [InlineData("{activeDeadlineSeconds: 50, tolerations: [{key: a, operator: Exists}, {key: b, operator: Exists}], containers: [{name: c, image: i}]}")]
    public void ValidateUpdate_ImageDeadlineAndMoreTolerations_AreAllowed(string spec) => Assert.Empty(Update(spec));

    [Theory]
    [InlineData("{activeDeadlineSeconds: 200, tolerations: [{key: a, operator: Exists}], containers: [{name: c, image: i}]}",
        "spec.activeDeadlineSeconds: Invalid value: 200: must be less than or equal to previous value")]
    [InlineData("{activeDeadlineSeconds: 100, containers: [{name: c, image: i}]}",
        "spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds")]
    [InlineData("{activeDeadlineSeconds: 100, tolerations: [{key: a, operator: Exists}], containers: [{name: c, image: i}, {name: d, image: i}]}",
        "spec.containers: Forbidden: pod updates may not add or remove containers")]
    public void ValidateUpdate_WhatMayNotChange_IsRefused(string spec, string message) => Assert.Equal([message], Update(spec));

    [Fact]
    public void ValidateUpdate_OtherField_ShowsTheDifference()
    {
        string message = Assert.Single(Update(Base.Replace("Always", "Never", StringComparison.Ordinal)));
        Assert.StartsWith("spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`", message, StringComparison.Ordinal);
        Assert.Contains("\n- \"restartPolicy\": \"Always\",\n+ \"restartPolicy\": \"Never\",\n", message, StringComparison.Ordinal);
    }

    [Fact]
    public void ValidateUpdate_EphemeralContainers_CanOnlyBeAdded()
    {
        Assert.Empty(Update("{containers: [{name: c, image: i}], ephemeralContainers: [{name: e, image: i, targetContainerName: c}]}", "ephemeralcontainers"));
        Assert.Equal(["spec.ephemeralContainers[0].targetContainerName: Not found: \"none\""],
            Update("{containers: [{name: c, image: i}], ephemeralContainers: [{name: e, image: i, targetContainerName: none}]}", "ephemeralcontainers"));
    }

    [Fact]
    public void PrepareForUpdate_Status_KeepsTheSpec()
    {
        JsonObject old = Pod(Base);
        JsonObject item = Pod(Base.Replace("image: i", "image: other", StringComparison.Ordinal));
        item["status"] = new JsonObject { ["phase"] = "Running" };
        Pods.Subresources.Single(one => one.Name == "status").PrepareForUpdate!(item, old);
        Assert.True(JsonNode.DeepEquals(old["spec"], item["spec"]));
        Assert.Equal("Running", item.Child("status").Text("phase"));
    }
}
