using System.Reflection;
using System.Text.Json.Serialization;
using k8s.Models;
using Nacelle.Kubernetes.Schema;
using Xunit;

namespace Nacelle.UnitTests.Kubernetes;

/// <summary>The tables and the client library's models must name the same fields; both were made from the same documentation.</summary>
public sealed class SchemaTablesTests
{
    // The client library is one minor version ahead of the tables; what differs is named, so that a surprise is noticed.
    private static readonly HashSet<string> NewerThanTheTables =
    [
        "model only: Pod.spec.evictionResponders",
        "model only: Pod.spec.volumes.emptyDir.mode",
        "model only: Pod.spec.volumes.secret.defaultUser",
        "model only: Pod.spec.volumes.secret.items.user",
        "model only: Pod.spec.volumes.downwardAPI.defaultUser",
        "model only: Pod.spec.volumes.downwardAPI.items.user",
        "model only: Pod.spec.volumes.configMap.defaultUser",
        "model only: Pod.spec.volumes.projected.defaultUser",
        "model only: Pod.spec.volumes.projected.sources.serviceAccountToken.user",
        "model only: Pod.spec.volumes.projected.sources.clusterTrustBundle.user",
        "model only: Pod.spec.volumes.projected.sources.podCertificate.user",
        "model only: Pod.spec.initContainers.volumeMounts.bindMountOptions",
        "model only: Pod.spec.initContainers.livenessProbe.httpGet.protocol",
        "model only: Pod.spec.initContainers.livenessProbe.grpc.mode",
        "model only: Pod.status.volumeHealth",
        "table only: Pod.status.nodeAllocatableResourceClaimStatuses.resources",
        "model only: Pod.status.nodeAllocatableResourceClaimStatuses.mapping",
        "model only: Pod.status.nodeAllocatableResourceClaimStatuses.overhead",
        "model only: Node.spec.podPreemptionPolicy",
        "model only: Node.status.nodeInfo.runningInUserNamespace",
    ];

    private static readonly Dictionary<string, Type> Models = typeof(V1Pod).Assembly.GetExportedTypes()
        .Where(type => type.Namespace == "k8s.Models")
        .GroupBy(type => type.Name).ToDictionary(group => group.Key, group => group.First());

    [Fact]
    public void Tables_EveryKind_Loads() => Assert.True(SchemaTables.Default.Kinds.Count() > 20);

    [Theory]
    [InlineData("Pod", "V1Pod")]
    [InlineData("Node", "V1Node")]
    [InlineData("Namespace", "V1Namespace")]
    [InlineData("ConfigMap", "V1ConfigMap")]
    [InlineData("Secret", "V1Secret")]
    [InlineData("ServiceAccount", "V1ServiceAccount")]
    public void Tables_Kind_HasTheFieldsOfTheClientModelAndNoOthers(string kind, string model)
    {
        List<string> differences = [];
        Compare(ObjectSchema.Get("", "v1", kind).Type, Models[model], kind, differences, []);
        string[] unexpected = [.. differences.Except(NewerThanTheTables)];
        Assert.True(unexpected.Length == 0, string.Join("\n", unexpected));
    }

    private static void Compare(SchemaType table, Type model, string path, List<string> differences, HashSet<string> seen)
    {
        if (!seen.Add(table.Name))
        {
            return;
        }

        Dictionary<string, Type> members = model.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.GetCustomAttribute<JsonPropertyNameAttribute>() is not null)
            .ToDictionary(property => property.GetCustomAttribute<JsonPropertyNameAttribute>()!.Name, property => property.PropertyType);
        differences.AddRange(table.Fields.Where(field => !members.ContainsKey(field.Name)).Select(field => $"table only: {path}.{field.Name}"));
        differences.AddRange(members.Keys.Where(name => table.Field(name) is null).Select(name => $"model only: {path}.{name}"));
        foreach (SchemaField field in table.Fields.Where(field => members.ContainsKey(field.Name)))
        {
            SchemaType type = field.Type.Element ?? field.Type;
            Type member = members[field.Name];
            Type inner = member.IsGenericType ? member.GetGenericArguments()[^1] : member;
            if (type.Kind == SchemaKind.Structure && inner.Namespace == "k8s.Models")
            {
                Compare(type, inner, path + "." + field.Name, differences, seen);
            }
        }
    }
}
