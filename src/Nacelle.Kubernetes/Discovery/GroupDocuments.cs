using System.Text.Json.Nodes;

namespace Nacelle.Kubernetes.Discovery;

/// <summary><c>APIGroupList</c> and <c>APIGroup</c>: the groups of some resources and their versions, the core group aside.</summary>
public static class GroupDocuments
{
    public static JsonObject List(IEnumerable<ApiResource> resources)
    {
        var groups = new JsonArray();
        foreach (IGrouping<string, ApiResource> group in resources.Where(r => r.Group.Length > 0).GroupBy(r => r.Group))
        {
            groups.Add((JsonNode)Group(group.Key, group));
        }

        return new JsonObject { ["kind"] = "APIGroupList", ["apiVersion"] = "v1", ["groups"] = groups };
    }

    /// <param name="name">The group.</param>
    /// <param name="resources">Resources of any groups, some of it among them.</param>
    public static JsonObject One(string name, IEnumerable<ApiResource> resources)
    {
        JsonObject document = Group(name, resources.Where(r => r.Group == name));
        document.Insert(0, "kind", "APIGroup");
        document.Insert(1, "apiVersion", "v1");
        return document;
    }

    private static JsonObject Group(string name, IEnumerable<ApiResource> resources)
    {
        var versions = new JsonArray();
        foreach (string version in resources.Select(r => r.Version).Distinct())
        {
            versions.Add((JsonNode)new JsonObject { ["groupVersion"] = $"{name}/{version}", ["version"] = version });
        }

        return new JsonObject { ["name"] = name, ["versions"] = versions, ["preferredVersion"] = versions[0]!.DeepClone() };
    }
}
