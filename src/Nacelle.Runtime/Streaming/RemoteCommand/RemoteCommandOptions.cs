using Runtime.V1;

namespace Nacelle.Runtime.Streaming.RemoteCommand;

/// <summary>Which streams one exec or attach uses, as its CRI request said.</summary>
internal sealed record RemoteCommandOptions(bool Stdin, bool Stdout, bool Stderr, bool Tty)
{
    public static RemoteCommandOptions Of(ExecRequest request) =>
        Checked(new(request.Stdin, request.Stdout, request.Stderr, request.Tty));

    public static RemoteCommandOptions Of(AttachRequest request) =>
        Checked(new(request.Stdin, request.Stdout, request.Stderr, request.Tty));

    public bool Uses(RemoteCommandChannel channel) => channel switch
    {
        RemoteCommandChannel.Stdin => Stdin,
        RemoteCommandChannel.Stdout => Stdout,
        RemoteCommandChannel.Stderr => Stderr,
        RemoteCommandChannel.Error => true,
        RemoteCommandChannel.Resize => Tty,
        _ => false,
    };

    private static RemoteCommandOptions Checked(RemoteCommandOptions options)
    {
        if (options is { Tty: true, Stderr: true })
        {
            throw new ArgumentException("tty and stderr cannot both be true");
        }

        return options is { Stdin: false, Stdout: false, Stderr: false }
            ? throw new ArgumentException("one of stdin, stdout or stderr must be set")
            : options;
    }
}
