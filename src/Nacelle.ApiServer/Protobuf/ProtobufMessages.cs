using System.Globalization;

namespace Nacelle.ApiServer.Protobuf;

/// <summary>
/// Field numbers of the kinds that clients create in protobuf (kubectl's <c>create</c> since 1.32, <c>drain</c>), as the
/// published <c>generated.proto</c> files give them. <c>*</c> marks a list, <c>&lt;&gt;</c> a map, <c>+</c> a message whose fields JSON has in the one that
/// holds it.
/// </summary>
internal static class ProtobufMessages
{
    private const string Tables = """
        ObjectMeta        1 name text, 2 generateName text, 3 namespace text, 4 selfLink text, 5 uid text, 6 resourceVersion text, 7 generation int, 8 creationTimestamp time, 9 deletionTimestamp time, 10 deletionGracePeriodSeconds int, 11 labels <text>, 12 annotations <text>, 13 ownerReferences *OwnerReference, 14 finalizers *text
        OwnerReference    1 kind text, 3 name text, 4 uid text, 5 apiVersion text, 6 controller flag, 7 blockOwnerDeletion flag
        ObjectReference   1 kind text, 2 namespace text, 3 name text, 4 uid text, 5 apiVersion text, 6 resourceVersion text, 7 fieldPath text
        LocalObjectReference 1 name text
        ConfigMap         1 metadata ObjectMeta, 2 data <text>, 3 binaryData <bytes>, 4 immutable flag
        Secret            1 metadata ObjectMeta, 2 data <bytes>, 3 type text, 4 stringData <text>, 5 immutable flag
        Namespace         1 metadata ObjectMeta, 2 spec NamespaceSpec, 3 status NamespaceStatus
        NamespaceSpec     1 finalizers *text
        NamespaceStatus   1 phase text
        ServiceAccount    1 metadata ObjectMeta, 2 secrets *ObjectReference, 3 imagePullSecrets *LocalObjectReference, 4 automountServiceAccountToken flag
        Binding           1 metadata ObjectMeta, 2 target ObjectReference
        Event             1 metadata ObjectMeta, 2 involvedObject ObjectReference, 3 reason text, 4 message text, 5 source EventSource, 6 firstTimestamp time, 7 lastTimestamp time, 8 count int, 9 type text, 10 eventTime micro, 11 series EventSeries, 12 action text, 13 related ObjectReference, 14 reportingComponent text, 15 reportingInstance text
        EventSource       1 component text, 2 host text
        EventSeries       1 count int, 2 lastObservedTime micro
        Lease             1 metadata ObjectMeta, 2 spec LeaseSpec
        LeaseSpec         1 holderIdentity text, 2 leaseDurationSeconds int, 3 acquireTime micro, 4 renewTime micro, 5 leaseTransitions int, 6 strategy text, 7 preferredHolder text
        PriorityClass     1 metadata ObjectMeta, 2 value int, 3 globalDefault flag, 4 description text, 5 preemptionPolicy text
        RuntimeClass      1 metadata ObjectMeta, 2 handler text, 3 overhead Overhead, 4 scheduling Scheduling
        Overhead          1 podFixed <quantity>
        Scheduling        1 nodeSelector <text>, 2 tolerations *Toleration
        Toleration        1 key text, 2 operator text, 3 value text, 4 effect text, 5 tolerationSeconds int
        Eviction          1 metadata ObjectMeta, 2 deleteOptions DeleteOptions
        DeleteOptions     1 gracePeriodSeconds int, 2 preconditions Preconditions, 3 orphanDependents flag, 4 propagationPolicy text, 5 dryRun *text
        Preconditions     1 uid text, 2 resourceVersion text
        """;

    private static readonly Dictionary<string, Dictionary<int, ProtobufField>> ByName =
        $"{Tables}\n{PodMessages.Table}".Split('\n').Select(Parse).ToDictionary(m => m.Name, m => m.Fields);

    /// <summary>The fields of a message by number, or null for a message that is not in the tables.</summary>
    public static IReadOnlyDictionary<int, ProtobufField>? Find(string message) => ByName.GetValueOrDefault(message);

    private static (string Name, Dictionary<int, ProtobufField> Fields) Parse(string line)
    {
        string[] parts = line.Split(' ', 2, StringSplitOptions.TrimEntries);
        return (parts[0], parts[1].Split(',', StringSplitOptions.TrimEntries).Select(Field).ToDictionary(f => f.Number));
    }

    private static ProtobufField Field(string text)
    {
        string[] parts = text.Split(' ');
        char mark = parts[2][0];
        return new ProtobufField(int.Parse(parts[0], CultureInfo.InvariantCulture), parts[1], parts[2].Trim('*', '<', '>', '+'))
        {
            Repeated = mark == '*',
            Map = mark == '<',
            Inline = mark == '+',
        };
    }
}
