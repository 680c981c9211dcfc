using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Nacelle.Linux.Files;

namespace Nacelle.Linux.Cgroups;

/// <summary>Reading and writing the files of control groups: one write(2) for each value, as the kernel wants it.</summary>
internal static partial class CgroupFiles
{
    internal static void Write(string path, string value)
    {
        using var file = RootedFiles.Open(path, OpenFlags.WriteOnly);
        try
        {
            file.Write(Encoding.ASCII.GetBytes(value));
        }
        catch (LinuxException failure)
        {
            throw new LinuxException(failure.Errno, $"write {value}", path);
        }
    }

    internal static bool TryWrite(string path, string value)
    {
        try
        {
            Write(path, value);
            return true;
        }
        catch (LinuxException)
        {
            return false;
        }
    }

    /// <summary>The file's text without its newline; null when it can't be read.</summary>
    internal static string? TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path).TrimEnd('\n');
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A number; null when missing, or <c>max</c>.</summary>
    internal static ulong? TryReadNumber(string path)
    {
        Span<byte> text = stackalloc byte[32];
        return SmallFile.TryRead(path, text) is var length and > 0 ? Number(text[..length]) : null;
    }

    /// <summary>A number from a file of lines <c>name number</c>.</summary>
    internal static ulong? TryReadNumber(string path, string name)
    {
        // The longest, memory.stat, has some 2 KiB.
        Span<byte> text = stackalloc byte[8192];
        var rest = (ReadOnlySpan<byte>)text[..Math.Max(SmallFile.TryRead(path, text), 0)];
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf((byte)'\n') is var index and >= 0 ? index : rest.Length;
            var line = rest[..end];
            if (line.Length > name.Length && line[name.Length] == ' ' && Ascii.Equals(line[..name.Length], name))
            {
                return Number(line[(name.Length + 1)..]);
            }

            rest = rest[Math.Min(end + 1, rest.Length)..];
        }

        return null;
    }

    private static ulong? Number(ReadOnlySpan<byte> text) =>
        ulong.TryParse(text.TrimEnd((byte)'\n'), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>v2: gives the children of a group every controller that the group has. One that refuses leaves the others as they are.</summary>
    internal static void EnableControllers(string directory)
    {
        var available = TryRead(directory + "/cgroup.controllers")?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        var enabled = TryRead(directory + "/cgroup.subtree_control")?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        foreach (var controller in available.Except(enabled, StringComparer.Ordinal))
        {
            TryWrite(directory + "/cgroup.subtree_control", "+" + controller);
        }
    }

    /// <summary>v1: a new cpuset is empty and takes no process until it has CPUs and memory nodes.</summary>
    internal static void InheritCpuset(string parent, string directory)
    {
        if (!File.Exists($"{directory}/cpuset.cpus"))
        {
            return;
        }

        foreach (var file in (ReadOnlySpan<string>)["cpuset.cpus", "cpuset.mems"])
        {
            var own = TryRead($"{directory}/{file}");
            if (own is { Length: 0 } && !File.Exists($"{directory}/cgroup.controllers") && TryRead($"{parent}/{file}") is { Length: > 0 } inherited)
            {
                TryWrite($"{directory}/{file}", inherited);
            }
        }
    }

    /// <summary>The directories whose <c>cgroup.procs</c> together show every process of a group: all of v2, and of v1 two that every runtime fills.</summary>
    internal static IEnumerable<string> OccupiedDirectories(CgroupTree tree, string path)
    {
        if (tree.Version == CgroupVersion.V2)
        {
            return [CgroupTree.Join(tree.Unified!, path)];
        }

        string?[] likely = [tree.DirectoryOf("pids", path), tree.DirectoryOf("memory", path)];
        var present = likely.OfType<string>().ToList();
        return present.Count > 0 ? present : tree.Hierarchies.Select(mount => CgroupTree.Join(mount, path));
    }

    internal static void AddProcesses(string directory, HashSet<int> result)
    {
        foreach (var line in TryRead(directory + "/cgroup.procs")?.Split('\n') ?? [])
        {
            // 0 is a process outside of this process's PID namespace.
            if (int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && pid > 1)
            {
                result.Add(pid);
            }
        }

        foreach (var child in Children(directory))
        {
            AddProcesses(child, result);
        }
    }

    internal static void Freeze(CgroupTree tree, string path, bool frozen)
    {
        if (tree.Version == CgroupVersion.V2)
        {
            TryWrite(CgroupTree.Join(tree.Unified!, path) + "/cgroup.freeze", frozen ? "1" : "0");
        }
        else if (tree.DirectoryOf("freezer", path) is { } directory)
        {
            TryWrite(directory + "/freezer.state", frozen ? "FROZEN" : "THAWED");
        }
    }

    internal static bool RemoveTree(string directory)
    {
        var removed = true;
        foreach (var child in Children(directory))
        {
            removed &= RemoveTree(child);
        }

        // The files in it can't be deleted, so this is rmdir(2) and not a recursive delete.
        return rmdir(directory) == 0 || Marshal.GetLastPInvokeError() == Errno.ENOENT ? removed : false;
    }

    /// <summary>The directories of this name beneath another one.</summary>
    internal static IEnumerable<string> FindDirectories(string directory, string name)
    {
        foreach (var child in Children(directory))
        {
            if (Path.GetFileName(child) == name)
            {
                yield return child;
            }

            foreach (var deeper in FindDirectories(child, name))
            {
                yield return deeper;
            }
        }
    }

    private static string[] Children(string directory)
    {
        try
        {
            return Directory.GetDirectories(directory);
        }
        catch (IOException)
        {
            return [];
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rmdir(string path);
}
