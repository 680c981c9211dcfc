using Runtime.V1;

namespace Nacelle.Runtime.Containers;

/// <summary>
/// The host's side of a container's mounts. A path that is missing becomes a directory, as with other runtimes: a hostPath volume without a type
/// promises no more than that. Whoever needs the path to be there (type Directory, File, …) asks before.
/// </summary>
internal static class MountSources
{
    private const UnixFileMode EveryoneMayEnter =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <exception cref="RuntimeException">A directory can't be made.</exception>
    public static void CreateMissing(ContainerConfig config)
    {
        foreach (var path in config.Mounts.Select(mount => mount.HostPath).Where(path => !Path.Exists(path)))
        {
            try
            {
                Directory.CreateDirectory(path, EveryoneMayEnter);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw new RuntimeException($"mount: host path {path} is not there and can't be made: {failure.Message}", failure);
            }
        }
    }
}
