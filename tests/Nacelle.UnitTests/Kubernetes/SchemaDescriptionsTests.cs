using Nacelle.Kubernetes.Inspection;
using Nacelle.Kubernetes.Schema;
using Xunit;

namespace Nacelle.UnitTests.Kubernetes;

/// <summary>Nacelle's own types are described, each field in one sentence; Kubernetes' types are not.</summary>
public sealed class SchemaDescriptionsTests
{
    private static readonly SchemaDescriptions Descriptions = SchemaDescriptions.Read();

    public static TheoryData<string> OwnKinds => [.. SchemaTables.Default.Kinds.Where(kind => kind.Group == InspectGroup.Name).Select(kind => kind.Kind)];

    [Theory]
    [MemberData(nameof(OwnKinds))]
    public void OwnKind_EachTypeAndField_IsDescribedInOneSentence(string kind)
    {
        foreach (SchemaType type in Reached(ObjectSchema.Get(InspectGroup.Name, InspectGroup.Version, kind).Type).Where(IsOwn))
        {
            IsSentence(type.Name, Descriptions.Of(type));
            foreach (SchemaField field in type.Fields)
            {
                IsSentence($"{type.Name}.{field.Name}", Descriptions.Of(type, field));
            }
        }
    }

    [Fact]
    public void OtherKind_NoTypeOrField_IsDescribed()
    {
        foreach (SchemaType type in SchemaTables.Default.Kinds.SelectMany(kind => Reached(kind.Type)).Where(type => !IsOwn(type)))
        {
            Assert.Null(Descriptions.Of(type));
            Assert.DoesNotContain(type.Fields, field => Descriptions.Of(type, field) is not null);
        }
    }

    [Fact]
    public void InlinedField_OwnerSaysNothing_IsDescribedAsWhereItComesFrom()
    {
        SchemaType file = ObjectSchema.Get(InspectGroup.Name, InspectGroup.Version, "PodFile").Type;
        SchemaType entry = SchemaTables.Default.Type("inspect.FileEntry");

        Assert.Equal(Descriptions.Of(entry, entry.Field("size")!), Descriptions.Of(file, file.Field("size")!));
        Assert.NotEqual(Descriptions.Of(entry, entry.Field("name")!), Descriptions.Of(file, file.Field("name")!));
    }

    private static bool IsOwn(SchemaType type) => type.Name.StartsWith("inspect.", StringComparison.Ordinal);

    private static void IsSentence(string what, string? text)
    {
        Assert.True(text is not null, $"{what} has no description");
        Assert.True(char.IsUpper(text[0]) && text.IndexOf(". ", StringComparison.Ordinal) < 0 && text.EndsWith('.'), $"{what}: '{text}' is not one sentence");
    }

    private static HashSet<SchemaType> Reached(SchemaType root)
    {
        var seen = new HashSet<SchemaType>();
        var waiting = new Queue<SchemaType>([root]);
        while (waiting.TryDequeue(out SchemaType? type))
        {
            type = type.Kind is SchemaKind.List or SchemaKind.Map ? type.Element! : type;
            if (type.Kind == SchemaKind.Structure && seen.Add(type))
            {
                Array.ForEach([.. type.Fields], field => waiting.Enqueue(field.Type));
            }
        }

        return seen;
    }
}
