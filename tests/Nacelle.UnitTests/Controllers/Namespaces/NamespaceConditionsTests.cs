using k8s.Models;
using Nacelle.Controllers.Namespaces;
using Xunit;

namespace Nacelle.UnitTests.Controllers.Namespaces;

public sealed class NamespaceConditionsTests
{
    private static readonly DateTime Now = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    [Fact]
    public void After_NothingLeft_SaysThatAllIsRemoved()
    {
        var conditions = NamespaceConditions.After(Remains(), null, Now);

        Assert.Equal(
            [
                "NamespaceDeletionDiscoveryFailure=False ResourcesDiscovered: All resources successfully discovered",
                "NamespaceDeletionGroupVersionParsingFailure=False ParsedGroupVersions: All legacy kube types successfully parsed",
                "NamespaceDeletionContentFailure=False ContentDeleted: All content successfully deleted, may be waiting on finalization",
                "NamespaceContentRemaining=False ContentRemoved: All content successfully removed",
                "NamespaceFinalizersRemaining=False ContentHasNoFinalizers: All content-preserving finalizers finished",
            ],
            conditions.Select(Write));
        Assert.All(conditions, condition => Assert.Equal(Now, condition.LastTransitionTime));
    }

    [Fact]
    public void After_ContentWithFinalizers_CountsBoth()
    {
        var conditions = NamespaceConditions.After(
            Remains(new() { ["pods."] = 2, ["configmaps."] = 1 }, new() { ["example.com/wait"] = 1 }), null, Now).Select(Write).ToList();

        Assert.Contains(
            "NamespaceContentRemaining=True SomeResourcesRemain: Some resources are remaining: configmaps. has 1 resource instances, pods. has 2 resource instances",
            conditions);
        Assert.Contains(
            "NamespaceFinalizersRemaining=True SomeFinalizersRemain: Some content in the namespace has finalizers remaining: example.com/wait in 1 resource instances",
            conditions);
    }

    [Fact]
    public void After_UnchangedStatus_KeepsTheTransitionTime()
    {
        var before = NamespaceConditions.After(Remains(new() { ["pods."] = 2 }), null, Now.AddMinutes(-1));

        var after = NamespaceConditions.After(Remains(), [.. before], Now);

        Assert.Equal(Now, after.Single(condition => condition.Type == "NamespaceContentRemaining").LastTransitionTime);
        Assert.Equal(Now.AddMinutes(-1), after.Single(condition => condition.Type == "NamespaceFinalizersRemaining").LastTransitionTime);
    }

    private static ContentRemains Remains(Dictionary<string, int>? resources = null, Dictionary<string, int>? finalizers = null)
        => new(resources ?? [], finalizers ?? [], [], null);

    private static string Write(V1NamespaceCondition condition) => $"{condition.Type}={condition.Status} {condition.Reason}: {condition.Message}";
}
