using System.Runtime.InteropServices;

namespace Nacelle.Linux.Netlink;

/// <summary>The kernel refused an rtnetlink request, or the netlink socket failed.</summary>
public sealed class NetlinkException : IOException
{
    /// <param name="operation">What was asked for, for example <c>add veth nc1a2b3c4d</c>.</param>
    /// <param name="errno">The positive errno of the answer.</param>
    /// <param name="detail">The kernel's own sentence (extended acknowledgement), where it gives one.</param>
    public NetlinkException(string operation, int errno, string? detail = null)
        : base($"netlink: {operation}: {Linux.Errno.Name(errno)} ({Marshal.GetPInvokeErrorMessage(errno)}){(detail is null ? "" : $" ({detail})")}")
    {
        Operation = operation;
        Errno = errno;
    }

    /// <summary>What was asked for.</summary>
    public string Operation { get; }

    /// <summary>The positive errno, see <see cref="Linux.Errno"/>.</summary>
    public int Errno { get; }
}
