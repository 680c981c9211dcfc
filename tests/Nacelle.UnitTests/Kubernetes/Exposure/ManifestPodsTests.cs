using Nacelle.Kubernetes.Exposure;
using Xunit;

namespace Nacelle.UnitTests.Kubernetes.Exposure;

public sealed class ManifestPodsTests
{
    private const string Spec = "{shareProcessNamespace: true, containers: [{name: a, image: i}, {name: b, image: i}]}";

    [Theory]
    [InlineData("v1", "Pod", "{spec: S}", "x")]
    [InlineData("v1", "PodTemplate", "{template: {spec: S}}", "PodTemplate/x")]
    [InlineData("v1", "ReplicationController", "{spec: {template: {spec: S}}}", "ReplicationController/x")]
    [InlineData("apps/v1", "Deployment", "{spec: {template: {spec: S}}}", "Deployment/x")]
    [InlineData("apps/v1", "DaemonSet", "{spec: {template: {spec: S}}}", "DaemonSet/x")]
    [InlineData("apps/v1", "StatefulSet", "{spec: {template: {spec: S}}}", "StatefulSet/x")]
    [InlineData("apps/v1", "ReplicaSet", "{spec: {template: {spec: S}}}", "ReplicaSet/x")]
    [InlineData("batch/v1", "Job", "{spec: {template: {spec: S}}}", "Job/x")]
    [InlineData("batch/v1", "CronJob", "{spec: {jobTemplate: {spec: {template: {spec: S}}}}}", "CronJob/x")]
    public void Read_EachKind_FindsItsPod(string apiVersion, string kind, string body, string name)
    {
        PodFacts pod = Assert.Single(ManifestPods.Read(Document(apiVersion, kind, body)));
        Assert.Equal((name, "shareProcessNamespace", 2), (pod.Name, pod.Sharing, pod.Containers.Length));
    }

    [Fact]
    public void Read_SeveralDocuments_SkipsOtherKindsAndOpensLists()
    {
        string list = $"apiVersion: v1\nkind: List\nitems:\n- {{apiVersion: v1, kind: Pod, metadata: {{name: inner}}, spec: {Spec}}}\n";
        string text = $"# first\n---\napiVersion: v1\nkind: Service\nmetadata: {{name: s}}\n--- # next\n{list}---\n\n---\n{Document("v1", "Pod", "{spec: S}")}";
        Assert.Equal(["inner", "x"], ManifestPods.Read(text).Select(pod => pod.Name));
    }

    [Fact]
    public void Read_JsonIndentedByTabs_IsRead() =>
        Assert.Equal("x", Assert.Single(ManifestPods.Read(
            "{\n\t\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"x\"},\n\t\"spec\": {\"containers\": [{\"name\": \"a\"}]}}")).Name);

    [Theory]
    [InlineData("", "no Pod and no Pod template in it")]
    [InlineData("apiVersion: v1\nkind: Service\n", "no Pod and no Pod template in it")]
    [InlineData("kind: Pod\n", "document 1: apiVersion: Required value")]
    [InlineData("apiVersion: v1\n", "document 1: kind: Required value")]
    [InlineData("- a\n", "document 1: not an object")]
    [InlineData("apiVersion: v1\nkind: Pod\nkind: Pod\n", "document 1: yaml: line 3: key \"kind\" already set in map")]
    [InlineData("{apiVersion: v1, kind: Pod, metadata: {name: x}, spec: {}}", "document 1 (Pod x): spec.containers: Required value")]
    [InlineData("{apiVersion: v1, kind: Pod, metadata: {name: x}, spec: {containers: [{image: i}]}}", "document 1 (Pod x): spec.containers[0].name: Required value")]
    [InlineData("{apiVersion: v1, kind: Pod, metadata: {name: x}, spec: {containers: [{name: a}, {name: a}]}}", "document 1 (Pod x): spec.containers[1].name: Duplicate value: \"a\"")]
    [InlineData("{apiVersion: apps/v1beta1, kind: Deployment, metadata: {name: x}}", "document 1 (Deployment x): apiVersion: apps/v1beta1 is not supported, apps/v1 is")]
    [InlineData("{apiVersion: apps/v1, kind: Deployment, metadata: {name: x}, spec: {}}", "document 1 (Deployment x): spec.template: Required value")]
    [InlineData(
        "a: b\n---\n", "document 1: apiVersion: Required value")]
    [InlineData(
        "{apiVersion: v1, kind: Service}\n---\n{apiVersion: apps/v1, kind: Deployment, metadata: {name: x}, spec: {template: {spec: {containers: [{name: a, imag: i}]}}}}",
        "document 2 (Deployment x): unknown field \"spec.template.spec.containers[0].imag\"")]
    [InlineData(
        "{apiVersion: v1, kind: Pod, metadata: {name: x}, spec: {securityContext: {runAsUser: root}, containers: [{name: a}]}}",
        "document 1 (Pod x): spec.securityContext.runAsUser: string where int64 is expected")]
    [InlineData(
        "{apiVersion: v1, kind: Pod, metadata: {name: x}, spec: {containers: [{name: a, securityContext: {runAsUser: -1}}]}}",
        "document 1 (Pod x): spec.containers[0].securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive")]
    [InlineData(
        "{apiVersion: v1, kind: Pod, metadata: {name: x}, spec: {containers: [{name: a, securityContext: {capabilities: {add: [PTRACE]}}}]}}",
        "document 1 (Pod x): spec.containers[0].securityContext.capabilities.add: Unsupported value: \"PTRACE\": no capability of Linux")]
    [InlineData(
        "{apiVersion: v1, kind: Pod, metadata: {name: x}, spec: {hostPID: true, shareProcessNamespace: true, containers: [{name: a}]}}",
        "document 1 (Pod x): spec.shareProcessNamespace: ShareProcessNamespace and HostPID cannot both be enabled")]
    public void Read_Fault_NamesDocumentAndField(string text, string message) =>
        Assert.Equal(message, Assert.Throws<ManifestException>(() => ManifestPods.Read(text)).Message);

    private static string Document(string apiVersion, string kind, string body) =>
        $"{{apiVersion: {apiVersion}, kind: {kind}, metadata: {{name: x}}, {body.Replace("S}", Spec + "}", StringComparison.Ordinal)[1..]}";
}
