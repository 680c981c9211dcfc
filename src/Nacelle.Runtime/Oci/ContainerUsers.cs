using System.Collections.Immutable;
using System.Globalization;
using Nacelle.Linux;
using Nacelle.Linux.Files;
using Nacelle.Runtime.Oci.Spec;
using Runtime.V1;

namespace Nacelle.Runtime.Oci;

/// <summary>Who a container's processes are: numbers from the request, or names looked up in the image's own passwd and group files.</summary>
internal static class ContainerUsers
{
    private const int FileLimit = 4 << 20;

    /// <summary>Resolves beneath the mounted root file system.</summary>
    /// <exception cref="RuntimeException">InvalidArgument: a name that the image does not know.</exception>
    public static OciUser Resolve(string rootfs, LinuxContainerSecurityContext? security, string imageUser)
    {
        using var root = RootedFiles.OpenDirectory(rootfs);
        return Resolve(ReadLines(root, "/etc/passwd"), ReadLines(root, "/etc/group"), security, imageUser);
    }

    internal static OciUser Resolve(
        IReadOnlyList<string[]> passwd, IReadOnlyList<string[]> group, LinuxContainerSecurityContext? security, string imageUser)
    {
        var (userText, groupText) = Split(imageUser);
        if (security?.RunAsUser is { } number)
        {
            userText = number.Value.ToString(CultureInfo.InvariantCulture);

            // The image's group belongs to the image's user.
            groupText = "";
        }
        else if (security?.RunAsUsername is { Length: > 0 } name)
        {
            (userText, groupText) = Split(name);
        }

        if (security?.RunAsGroup is { } runAsGroup)
        {
            groupText = runAsGroup.Value.ToString(CultureInfo.InvariantCulture);
            if (security.RunAsUser is null && string.IsNullOrEmpty(security.RunAsUsername))
            {
                throw RuntimeException.Invalid("run_as_group needs run_as_user or run_as_username");
            }
        }

        var entry = passwd.FirstOrDefault(line => line.Length >= 4 && line[0] == userText)
            ?? passwd.FirstOrDefault(line => line.Length >= 4 && line[2] == userText);
        var uid = entry is not null ? Number(entry[2], "user")
            : userText.Length == 0 ? 0
            : TryNumber(userText) ?? throw RuntimeException.Invalid($"no user \"{userText}\" in the image's /etc/passwd");
        var gid = groupText.Length > 0 ? ResolveGroup(group, groupText)
            : entry is not null ? Number(entry[3], "group")
            : 0;
        return new OciUser { Uid = uid, Gid = gid, AdditionalGids = Groups(group, security, entry?[0], gid) };
    }

    private static ImmutableArray<uint> Groups(IReadOnlyList<string[]> group, LinuxContainerSecurityContext? security, string? userName, uint gid)
    {
        var groups = new SortedSet<uint> { gid };
        groups.UnionWith((security?.SupplementalGroups ?? []).Select(value => checked((uint)value)));
        if (userName is not null && security?.SupplementalGroupsPolicy != SupplementalGroupsPolicy.Strict)
        {
            groups.UnionWith(group
                .Where(line => line.Length >= 4 && line[3].Split(',').Contains(userName, StringComparer.Ordinal))
                .Select(line => Number(line[2], "group")));
        }

        return [.. groups];
    }

    private static uint ResolveGroup(IReadOnlyList<string[]> group, string text)
    {
        var entry = group.FirstOrDefault(line => line.Length >= 3 && line[0] == text);
        return entry is not null ? Number(entry[2], "group")
            : TryNumber(text) ?? throw RuntimeException.Invalid($"no group \"{text}\" in the image's /etc/group");
    }

    private static (string User, string Group) Split(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (text, "") : (text[..colon], text[(colon + 1)..]);
    }

    private static uint? TryNumber(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static uint Number(string text, string what) =>
        TryNumber(text) ?? throw RuntimeException.Invalid($"the image's {what} number \"{text}\" is none");

    /// <summary>The file's lines, each split at its colons. The image may hold anything there, a link or a device too.</summary>
    private static List<string[]> ReadLines(FileDescriptor root, string path)
    {
        try
        {
            using var stream = RootedFiles.OpenIn(root, path, OpenFlags.ReadOnly | OpenFlags.NonBlocking).ToStream(FileAccess.Read);
            if (!stream.CanSeek || stream.Length > FileLimit)
            {
                throw RuntimeException.Invalid($"the image's {path} is not a file of sensible size");
            }

            using var reader = new StreamReader(stream);
            return [.. reader.ReadToEnd().Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(':'))];
        }
        catch (LinuxException failure) when (failure.Errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP)
        {
            return [];
        }
    }
}
