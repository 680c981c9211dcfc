using System.Runtime.InteropServices;

namespace Nacelle.Linux.Files;

/// <summary>arm64 numbers O_DIRECTORY and O_NOFOLLOW differently from x86-64.</summary>
internal static class OpenFlagNumbers
{
    private const int ArmDirectory = 0x4000;
    private const int ArmNoFollow = 0x8000;

    internal static int ForThisMachine(OpenFlags flags)
    {
        var number = (int)flags;
        if (RuntimeInformation.ProcessArchitecture != Architecture.Arm64)
        {
            return number;
        }

        number &= ~(int)(OpenFlags.Directory | OpenFlags.NoFollow);
        return number
            | (flags.HasFlag(OpenFlags.Directory) ? ArmDirectory : 0)
            | (flags.HasFlag(OpenFlags.NoFollow) ? ArmNoFollow : 0);
    }
}
