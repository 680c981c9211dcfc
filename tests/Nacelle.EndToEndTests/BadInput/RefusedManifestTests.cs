using Nacelle.EndToEndTests.Rig;
using Xunit;

namespace Nacelle.EndToEndTests.BadInput;

/// <summary>Manifests that the API server must not accept, and what the person who applied them reads.</summary>
public sealed class RefusedManifestTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Name, manifest, and pieces of the error.</summary>
    private static readonly (string Name, string Manifest, string[] Errors)[] Cases =
    [
        ("malformed YAML", "apiVersion: v1\nkind: Pod\n  metadata: {name: bad\n", ["error"]),
        (
            "unknown field",
            Pod("colour: red"),
            ["strict decoding error", "unknown field \"spec.colour\""]
        ),
        (
            "shared process namespace with the host's",
            Pod("shareProcessNamespace: true\n  hostPID: true"),
            ["spec.securityContext.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID cannot both be enabled"]
        ),
        (
            "bad name",
            Pod("").Replace("name: bad", "name: Bad_Name", StringComparison.Ordinal),
            ["metadata.name: Invalid value: \"Bad_Name\"", "RFC 1123"]
        ),
        (
            "bad quantity",
            Pod("").Replace("image: busybox", "image: busybox\n    resources: {requests: {cpu: lots}}", StringComparison.Ordinal),
            ["quantities must match the regular expression"]
        ),
        (
            "request above the limit",
            Pod("").Replace("image: busybox", "image: busybox\n    resources: {requests: {cpu: 2}, limits: {cpu: 1}}", StringComparison.Ordinal),
            ["spec.containers[0].resources.requests: Invalid value: \"2\": must be less than or equal to cpu limit of 1"]
        ),
        (
            "no containers",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: bad}\nspec: {containers: []}\n",
            ["spec.containers: Required value"]
        ),
        (
            "two containers of one name",
            Pod("").Replace("  containers:", "  containers:\n  - {name: main, image: busybox}", StringComparison.Ordinal),
            ["spec.containers[1].name: Duplicate value: \"main\""]
        ),
        (
            "ephemeral container at creation",
            Pod("ephemeralContainers: [{name: debug, image: busybox}]"),
            ["ephemeralContainers"]
        ),
    ];

    /// <summary>One Nacelle for the whole table: what is refused leaves nothing that could disturb the next case.</summary>
    [Fact]
    public Task Apply_ManifestThatIsWrong_IsRefusedWithTheReason() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            List<string> wrong = [];
            foreach (var (name, manifest, errors) in Cases)
            {
                var result = await nacelle.Kubectl.TryAsync(["apply", "-f", "-"], Cancellation, manifest);
                if (result.ExitCode == 0 || !errors.All(error => result.Errors.Contains(error, StringComparison.Ordinal)))
                {
                    wrong.Add($"{name}: expected {string.Join(" and ", errors)}; {result}");
                }
            }

            Assert.Equal("", string.Join('\n', wrong));
            Assert.Contains("No resources found", (await nacelle.Kubectl.TryAsync(["get", "pods"], Cancellation)).Errors);
        },
        Cancellation);

    /// <summary>kubectl turns YAML into JSON before it sends it, and drops duplicates on the way; a body that still has one is refused by the server.</summary>
    [Fact]
    public Task Create_BodyWithADuplicateField_IsRefusedWithTheReason() => NacelleInstance.RunAsync(
        async nacelle =>
        {
            const string body = """
                {"apiVersion":"v1","kind":"Pod","metadata":{"name":"bad"},
                 "spec":{"hostNetwork":false,"hostNetwork":false,"containers":[{"name":"main","image":"busybox"}]}}
                """;
            var result = await nacelle.Kubectl.TryAsync(
                ["create", "--raw", "/api/v1/namespaces/default/pods?fieldValidation=Strict", "-f", "-"], Cancellation, body);

            Assert.NotEqual(0, result.ExitCode);
            Assert.Contains("duplicate field \"spec.hostNetwork\"", result.Errors);
        },
        Cancellation);

    private static string Pod(string spec) => $$"""
        apiVersion: v1
        kind: Pod
        metadata:
          name: bad
        spec:
          {{spec}}
          containers:
          - name: main
            image: busybox

        """;
}
