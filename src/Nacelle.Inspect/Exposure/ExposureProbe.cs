using System.Globalization;
using System.Text;
using Nacelle.Kubernetes.Exposure;
using Nacelle.Linux;
using Nacelle.Linux.Files;
using Nacelle.Linux.Processes;

namespace Nacelle.Inspect.Exposure;

/// <summary>
/// Runs <c>native/probe</c>: a process that becomes exactly what an observer is, in its namespaces, and tries each access. It is started from a
/// sealed file in memory; nothing is written into the container.
/// </summary>
internal static class ExposureProbe
{
    private const string Letters = "lsaermd";
    private const int ProgramDescriptor = 3;

    private static readonly Lazy<FileDescriptor> Program = new(Load);

    /// <summary>
    /// Tries every access for each attempt, under a seccomp filter (an array of <c>struct sock_filter</c>; empty for none). What does not end within the
    /// probe's own five seconds is left out.
    /// </summary>
    /// <returns>By attempt (its index) and access.</returns>
    /// <exception cref="ProbeException">The probe could not become the observer; nothing was tried.</exception>
    /// <exception cref="LinuxException">It could not be started.</exception>
    public static async Task<IReadOnlyDictionary<(int Attempt, Access Access), AttemptOutcome>> RunAsync(
        ExposedProcess observer, byte[] filter, IReadOnlyList<Attempt> attempts, CancellationToken cancellationToken)
    {
        using var input = MemoryFile.Create("nacelle-probe-input", Encoding.ASCII.GetBytes(Input(observer, filter, attempts)));
        var done = await ChildProcess.RunAsync(
            new ChildProcessStart
            {
                // In the child this is the program itself: the descriptors are in place before it is executed.
                Path = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{ProgramDescriptor}"),
                Name = "nacelle-probe",
                Descriptors = [new(0, input), new(ProgramDescriptor, Program.Value)],
                Environment = [],
            },
            cancellationToken).ConfigureAwait(false);
        return Parse(done.Output);
    }

    /// <summary>The output comes out of the container's reach, so a process that can trace the probe could have written it: it is read strictly.</summary>
    internal static Dictionary<(int Attempt, Access Access), AttemptOutcome> Parse(string output)
    {
        var outcomes = new Dictionary<(int, Access), AttemptOutcome>();
        foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var words = line.Split(' ');
            if (words[0] == "error")
            {
                throw new ProbeException(string.Concat(line["error".Length..].Trim().Where(c => !char.IsControl(c))));
            }

            if (words.Length is 3 or 4 && words[1].Length == 1 && Letters.Contains(words[1][0], StringComparison.Ordinal)
                && int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var attempt))
            {
                var error = words.Length == 4 && words[3].All(char.IsAsciiLetterOrDigit) ? words[3] : "";
                bool? open = words[2] switch { "ok" => true, "no" => false, _ => null };
                outcomes.TryAdd((attempt, (Access)Letters.IndexOf(words[1][0], StringComparison.Ordinal)), new(open, error));
            }
        }

        return outcomes;
    }

    private static string Input(ExposedProcess observer, byte[] filter, IReadOnlyList<Attempt> attempts)
    {
        var who = observer.Identity.Credentials;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"observer {observer.Pid} {observer.StartTicks}\n")
            .Append(CultureInfo.InvariantCulture, $"uids {who.Uids.Real} {who.Uids.Effective} {who.Uids.Saved}\n")
            .Append(CultureInfo.InvariantCulture, $"gids {who.Gids.Real} {who.Gids.Effective} {who.Gids.Saved}\n")
            .Append("groups ").AppendJoin(' ', who.Groups).Append('\n')
            .Append(CultureInfo.InvariantCulture, $"caps {who.Permitted:x} {who.Effective:x} {who.Inheritable:x} {who.Bounding:x} {who.Ambient:x}\n")
            .Append(CultureInfo.InvariantCulture, $"nnp {(who.NoNewPrivileges ? 1 : 0)}\n")
            .Append("filter ").Append(Convert.ToHexStringLower(filter)).Append('\n');

        // The probe takes each run of equal steps in one process.
        foreach (var group in attempts.Select((attempt, index) => (attempt, index, Steps: Steps(attempt.State))).GroupBy(item => item.Steps))
        {
            foreach (var (attempt, index, steps) in group)
            {
                text.Append(CultureInfo.InvariantCulture, $"try {steps} {index} {attempt.Pid} {Letters}\n");
            }
        }

        return text.ToString();
    }

    private static string Steps(ObserverState state) => state.Steps.IsEmpty ? "-" : string.Join(',', state.Steps.Select(step => step.Kind switch
    {
        AccessStepKind.Raise => "raise",
        AccessStepKind.SetGid => string.Create(CultureInfo.InvariantCulture, $"gid={step.Id}"),
        AccessStepKind.SetUid => string.Create(CultureInfo.InvariantCulture, $"uid={step.Id}"),
        _ => "exec",
    }));

    private static FileDescriptor Load()
    {
        using var resource = typeof(ExposureProbe).Assembly.GetManifestResourceStream("probe")
            ?? throw new InvalidOperationException("the probe is not in the assembly");
        using var memory = new MemoryStream();
        resource.CopyTo(memory);
        return MemoryFile.Create("nacelle-probe", memory.ToArray());
    }
}
