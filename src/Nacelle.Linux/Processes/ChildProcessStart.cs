using System.Collections.Immutable;

namespace Nacelle.Linux.Processes;

/// <summary>What a child process is started with.</summary>
public sealed record ChildProcessStart
{
    /// <summary>The program's absolute path.</summary>
    public required string Path { get; init; }

    /// <summary>The arguments after argv[0].</summary>
    public ImmutableArray<string> Arguments { get; init; } = [];

    /// <summary>argv[0]; the path when null.</summary>
    public string? Name { get; init; }

    /// <summary>The descriptors it gets. Of 0, 1 and 2 those not named are <c>/dev/null</c>; everything else is closed.</summary>
    public ImmutableArray<ChildDescriptor> Descriptors { get; init; } = [];

    /// <summary>Environment entries <c>NAME=value</c>; nothing is inherited.</summary>
    public ImmutableArray<string> Environment { get; init; } = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"];

    /// <summary>Makes it a session leader, so that a terminal's signals to this process don't reach it.</summary>
    public bool NewSession { get; init; } = true;
}
