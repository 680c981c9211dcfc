using System.Collections.Immutable;

namespace Nacelle.Kubernetes.Exposure;

/// <summary>What an observer is after some steps.</summary>
public sealed record ObserverState(ImmutableArray<AccessStep> Steps, Credentials Credentials)
{
    /// <summary>The states of a pair; where the target can't be seen, no step changes that.</summary>
    public static ImmutableArray<ObserverState> Of(AccessSituation situation) =>
        situation.Visible ? Of(situation.Observer, situation.Target) : [new ObserverState([], situation.Observer)];

    /// <summary>Every state that can matter for a target: the present one first, then those of fewer steps before those of more.</summary>
    public static ImmutableArray<ObserverState> Of(Credentials observer, Credentials target)
    {
        var states = ImmutableArray.CreateBuilder<ObserverState>();
        states.Add(new([], observer));
        ObserverState raised = Raise(states[0]);
        Add(states, raised);
        Add(states, Become(raised, target.Uids.Real, target.Gids.Real));
        Add(states, Become(raised, 0, null));
        if (Execute(raised) is { } executed)
        {
            Add(states, executed);
            Add(states, Become(executed, target.Uids.Real, target.Gids.Real));
        }

        return states.ToImmutable();
    }

    private static void Add(ImmutableArray<ObserverState>.Builder states, ObserverState state)
    {
        foreach (ObserverState known in states)
        {
            if (known.Credentials.IsSameAs(state.Credentials))
            {
                return;
            }
        }

        states.Add(state);
    }

    private static ObserverState Raise(ObserverState from) => from.Credentials.Permitted == from.Credentials.Effective
        ? from
        : new(from.Steps.Add(new(AccessStepKind.Raise)), from.Credentials with { Effective = from.Credentials.Permitted });

    /// <summary>Changes to the IDs as far as that is permitted: to any with the capability, to one of its own three without.</summary>
    private static ObserverState Become(ObserverState from, long uid, long? gid)
    {
        Credentials now = from.Credentials;
        ImmutableArray<AccessStep> steps = from.Steps;
        bool changesUid = now.MayRaise(LinuxCapabilities.SetUid) || now.Uids.Has(uid);
        if (!changesUid)
        {
            return from;
        }

        if (gid is { } group && !now.Gids.AllAre(group) && (now.MayRaise(LinuxCapabilities.SetGid) || now.Gids.Has(group)))
        {
            steps = steps.Add(new(AccessStepKind.SetGid, group));
            now = now with { Gids = IdTriple.All(group) };
        }

        if (!now.Uids.AllAre(uid))
        {
            steps = steps.Add(new(AccessStepKind.SetUid, uid));
            now = now with { Uids = IdTriple.All(uid), Effective = now.Permitted, Ambient = 0 };
        }

        return new(steps, now);
    }

    private static ObserverState? Execute(ObserverState from)
    {
        ulong gained = from.Credentials.Bounding | from.Credentials.Inheritable;
        ObserverState root = Become(from, 0, null);
        return from.Credentials.NoNewPrivileges || (gained & ~from.Credentials.Permitted) == 0 || !root.Credentials.Uids.AllAre(0)
            ? null
            : new(root.Steps.Add(new(AccessStepKind.Execute)), root.Credentials with { Permitted = gained, Effective = gained, Ambient = 0 });
    }
}
