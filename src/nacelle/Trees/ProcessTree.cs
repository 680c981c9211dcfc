using System.Globalization;
using System.Text;

namespace Nacelle.Trees;

/// <summary>
/// A Pod's processes as lines: PID, user, container, and the command behind the branches of the tree. Who entered from outside (a container's first
/// process, one of <c>kubectl exec</c>) stands at the left. Pure.
/// </summary>
internal static class ProcessTree
{
    /// <param name="processes">All of the Pod.</param>
    /// <param name="namespaceOf">Names the PID namespace of a container; PIDs are compared within one.</param>
    /// <param name="width">Characters a line may have; longer ones are cut.</param>
    /// <param name="unicode">Whether branches are drawn in box characters, or in ASCII.</param>
    public static IReadOnlyList<string> Draw(IReadOnlyCollection<TreeProcess> processes, Func<string, string> namespaceOf, int width, bool unicode)
    {
        var rows = new List<(TreeProcess Process, string Branch)>();
        var done = new HashSet<TreeProcess>(ReferenceEqualityComparer.Instance);
        foreach (var group in processes.GroupBy(p => namespaceOf(p.Container)).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var present = group.Select(p => p.Pid).ToHashSet();
            var children = group.Where(p => p.ParentPid != p.Pid && present.Contains(p.ParentPid)).OrderBy(p => p.Pid).ToLookup(p => p.ParentPid);

            // Read one after the other while they go on, two may each be the other's parent: neither then has a root, and both are shown all the same.
            var roots = group.Where(p => p.ParentPid == p.Pid || !present.Contains(p.ParentPid)).OrderBy(p => p.Pid);
            foreach (var root in roots.Concat(group.OrderBy(p => p.Pid)))
            {
                Add(root, "", "", children, rows, done, unicode);
            }
        }

        return Lines(rows, width);
    }

    private static void Add(
        TreeProcess process, string branch, string below, ILookup<int, TreeProcess> children, List<(TreeProcess, string)> rows, HashSet<TreeProcess> done,
        bool unicode)
    {
        // Deeper than any terminal is wide; a process that forks itself into a chain must not end this one.
        const int Deepest = 200;
        if (below.Length > 2 * Deepest || !done.Add(process))
        {
            return;
        }

        rows.Add((process, branch));
        var own = children[process.Pid].ToList();
        foreach (var child in own)
        {
            var last = ReferenceEquals(child, own[^1]);
            Add(
                child,
                below + (last ? unicode ? "└─" : "`-" : unicode ? "├─" : "|-"),
                below + (last ? "  " : unicode ? "│ " : "| "),
                children, rows, done, unicode);
        }
    }

    private static List<string> Lines(List<(TreeProcess Process, string Branch)> rows, int width)
    {
        var cells = rows.Select(row => (
            Pid: row.Process.Pid.ToString(CultureInfo.InvariantCulture),
            row.Process.User,
            Container: row.Process.Container.Length > 0 ? row.Process.Container : "-",
            Command: row.Branch + row.Process.Command + Mark(row.Process))).Prepend((Pid: "PID", User: "USER", Container: "CONTAINER", Command: "COMMAND")).ToList();
        var (pid, user, container) = (cells.Max(c => c.Pid.Length), cells.Max(c => c.User.Length), cells.Max(c => c.Container.Length));
        return [.. cells.Select(c => Cut($"{c.Pid.PadLeft(pid)}  {c.User.PadRight(user)}  {c.Container.PadRight(container)}  {c.Command}", width))];
    }

    private static string Mark(TreeProcess process) => process.State switch
    {
        "Zombie" or "Dead" => " (ended, not reaped)",
        "Stopped" or "Traced" => " (stopped)",
        _ => "",
    };

    private static string Cut(string line, int width)
    {
        if (line.Length <= width)
        {
            return line;
        }

        var text = new StringBuilder(width);
        foreach (var rune in line.EnumerateRunes())
        {
            if (text.Length + rune.Utf16SequenceLength > width)
            {
                break;
            }

            text.Append(rune.ToString());
        }

        return text.ToString();
    }
}
