using System.Collections.Immutable;
using Nacelle.Runtime.Oci.Spec;
using Runtime.V1;

namespace Nacelle.Runtime.Oci;

/// <summary>System call filters by CRI's profile types.</summary>
internal static class SeccompProfiles
{
    /// <summary>The filter, or null for none.</summary>
    /// <exception cref="RuntimeException">InvalidArgument: a profile that this runtime can't apply.</exception>
    public static OciSeccomp? For(SecurityProfile? profile, bool privileged, ImmutableArray<string> capabilities)
    {
        if (profile is null || privileged)
        {
            return null;
        }

        return profile.ProfileType switch
        {
            SecurityProfile.Types.ProfileType.Unconfined => null,
            SecurityProfile.Types.ProfileType.RuntimeDefault => SeccompDefaults.For(capabilities),
            _ => throw RuntimeException.Invalid($"seccomp profile \"{profile.LocalhostRef}\" of type {profile.ProfileType} is not supported"),
        };
    }
}
