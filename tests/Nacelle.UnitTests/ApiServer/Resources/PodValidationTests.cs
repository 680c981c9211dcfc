using System.Text;
using System.Text.Json.Nodes;
using Nacelle.ApiServer.Resources;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Decoding;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Schema;
using Xunit;

namespace Nacelle.UnitTests.ApiServer.Resources;

public sealed class PodValidationTests
{
    private static string[] Refusals(string spec, string metadata = "{name: p}")
    {
        ResourceType pods = ResourceRegistry.Find("", "v1", "pods")!;
        JsonObject pod = RequestBody.Decode(
            Encoding.UTF8.GetBytes($"metadata: {metadata}\nspec: {spec}\n"), BodyFormat.Yaml, ObjectSchema.Get("", "v1", "Pod"),
            FieldValidation.Strict, []);
        pod.Ensure("metadata")["namespace"] = "default";
        pods.Default!(pod);
        pods.PrepareForCreate!(pod);
        return [.. pods.ValidateCreate!(pod).Select(error => error.Message)];
    }

    [Fact]
    public void ValidateCreate_TheSharedNamespacePod_IsAccepted() => Assert.Empty(Refusals(
        "{shareProcessNamespace: true, containers: [{name: nginx, image: nginx}, {name: shell, image: busybox, stdin: true, tty: true, "
        + "securityContext: {capabilities: {add: [SYS_PTRACE]}}}]}"));

    [Theory]
    [InlineData("{}", "spec.containers: Required value")]
    [InlineData("{hostPID: true, shareProcessNamespace: true, containers: [{name: c, image: i}]}",
        "spec.securityContext.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID cannot both be enabled")]
    [InlineData("{containers: [{image: i}]}", "spec.containers[0].name: Required value")]
    [InlineData("{containers: [{name: a, image: i}, {name: a, image: i}]}", "spec.containers[1].name: Duplicate value: \"a\"")]
    [InlineData("{containers: [{name: a, image: i, volumeMounts: [{name: x, mountPath: /x}]}]}", "spec.containers[0].volumeMounts[0].name: Not found: \"x\"")]
    [InlineData("{containers: [{name: a, image: i, ports: [{containerPort: 70000}]}]}",
        "spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive")]
    [InlineData("{restartPolicy: Maybe, containers: [{name: a, image: i}]}",
        "spec.restartPolicy: Unsupported value: \"Maybe\": supported values: \"Always\", \"OnFailure\", \"Never\"")]
    [InlineData("{containers: [{name: a, image: i, resources: {requests: {cpu: 2}, limits: {cpu: 1}}}]}",
        "spec.containers[0].resources.requests: Invalid value: \"2\": must be less than or equal to cpu limit of 1")]
    [InlineData("{containers: [{name: a, image: i, livenessProbe: {}}]}", "spec.containers[0].livenessProbe: Required value: must specify a handler type")]
    [InlineData("{volumes: [{name: v, emptyDir: {}, secret: {secretName: s}}], containers: [{name: a, image: i}]}",
        "spec.volumes[0].secret: Forbidden: may not specify more than 1 volume type")]
    [InlineData("{containers: [{name: a, image: i}], ephemeralContainers: [{name: e, image: i}]}", "spec.ephemeralContainers: Forbidden: cannot be set on create")]
    [InlineData("{tolerations: [{operator: Equal}], containers: [{name: a, image: i}]}",
        "spec.tolerations[0].operator: Invalid value: \"Equal\": operator must be Exists when `key` is empty, which means \"match all values and all keys\"")]
    public void ValidateCreate_OneFault_IsToldWithItsField(string spec, string message) => Assert.Equal([message], Refusals(spec));

    [Fact]
    public void ValidateCreate_SeveralFaults_AreToldInTheOrderOfTheReferenceServer() => Assert.Equal(
        [
            "metadata.labels: Invalid value: \"b c\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
            + "and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', "
            + "regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
            "spec.volumes[0].name: Required value",
            "spec.containers[0].image: Required value",
        ],
        Refusals("{volumes: [{emptyDir: {}}], containers: [{name: a}]}", "{name: p, labels: {a: b c}}"));
}
