using Runtime.V1;

namespace Nacelle.Runtime;

/// <summary>Security modules that this runtime does not drive: asking for one is refused, never ignored.</summary>
internal static class SecurityProfiles
{
    /// <exception cref="RuntimeException">InvalidArgument.</exception>
    public static void CheckSupported(SELinuxOption? selinux, SecurityProfile? apparmor)
    {
        if (selinux is not null && (selinux.User.Length | selinux.Role.Length | selinux.Type.Length | selinux.Level.Length) != 0)
        {
            throw RuntimeException.Invalid("SELinux options are not supported");
        }

        switch (apparmor?.ProfileType)
        {
            case SecurityProfile.Types.ProfileType.Localhost:
                throw RuntimeException.Invalid($"AppArmor profile \"{apparmor.LocalhostRef}\": AppArmor is not supported");

            // Without AppArmor in the kernel there is nothing that a default profile would confine, as with other runtimes.
            case SecurityProfile.Types.ProfileType.RuntimeDefault when IsAppArmorEnabled():
                throw RuntimeException.Invalid("AppArmor profile RuntimeDefault: AppArmor is not supported");
            default:
                return;
        }
    }

    private static bool IsAppArmorEnabled()
    {
        const string Parameter = "/sys/module/apparmor/parameters/enabled";
        return File.Exists(Parameter) && File.ReadAllText(Parameter).StartsWith('Y');
    }
}
