namespace Nacelle.Kubernetes.Entrypoints;

/// <summary>What is known about an entrypoint that is not PID 1.</summary>
/// <param name="Class">How it takes it.</param>
/// <param name="Program">Its usual name; empty where it is not known.</param>
/// <param name="Effect">What happens: a sentence that goes on after "it".</param>
/// <param name="Remedy">What to set so that it does not, besides giving it its own namespace.</param>
public sealed record EntrypointVerdict(EntrypointClass Class, string Program, string Effect, string Remedy)
{
    /// <summary>Of a program that is not in the table.</summary>
    public static EntrypointVerdict Unknown { get; } = new(EntrypointClass.Fine, "", "", "");

    /// <summary>One sentence for what will happen and one for what to set; null where nothing is to be said.</summary>
    public string? Describe(PidNamespace pid)
    {
        if (Class == EntrypointClass.Fine || pid == PidNamespace.Container)
        {
            return null;
        }

        var (first, field) = pid switch
        {
            PidNamespace.Pod => ("/pause is (shareProcessNamespace: true)", "shareProcessNamespace: false"),
            PidNamespace.Node => ("the machine's init is (hostPID: true)", "hostPID: false"),
            _ => ("the target container's first process is (targetContainerName)", "no targetContainerName"),
        };
        return Class == EntrypointClass.Refuses
            ? $"{Program} insists on being PID 1, but {first}: it {Effect}. Set {field}, or {Remedy}."
            : $"{Program} is not PID 1, {first}: it {Effect}. Set {Remedy}.";
    }
}
