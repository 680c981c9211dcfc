using System.Collections.Immutable;

namespace Nacelle.Kubernetes.Entrypoints;

/// <summary>
/// The programs that are made to be PID 1, and what each did in a Pod with a shared process namespace. Each row was seen with the program itself
/// (Debian 12's; s6-overlay by its published check): the end-to-end tests run them all and hold the table to it.
/// </summary>
internal static class EntrypointTable
{
    private const string Subreaper = "TINI_SUBREAPER";

    /// <summary>As Debian, Docker and its own release page name it. Before <see cref="Rows"/>, which is made from it.</summary>
    private static readonly string[] Tini =
        ["tini", "tini-static", "docker-init", "tini-amd64", "tini-arm64", "tini-static-amd64", "tini-static-arm64"];

    public static ImmutableArray<EntrypointRow> Rows { get; } =
    [
        // Called as systemd it ends with 1; as /sbin/init it takes itself for telinit, and ends with 0 or 1.
        Refuses("systemd", "ends at once (called as init even with exit code 0)", "start the service's program itself", "systemd") with
        {
            Applies = entrypoint => !entrypoint.Arguments.Any(a => a is "--user" or "--version" or "--help" or "--test"),
        },
        Refuses(
            "runit", "ends at once with exit code 111 and \"must be run as process no 1\"", "run runsvdir in place of runit", "runit", "runit-init"),
        Refuses(
            "s6-overlay", "ends at once with exit code 100 and \"can only run as pid 1\"", "use an image without s6-overlay 3",
            "init", "s6-overlay-suexec") with { Applies = IsS6Overlay },
        Refuses("openrc-init", "ends at once with exit code 1 and no message", "start the service's program itself", "openrc-init"),
        Refuses("finit", "ends at once with exit code 1 and its usage", "start the service's program itself", "finit"),

        // systemd, sysvinit, busybox, runit, openrc and finit all go by this name, and none starts.
        Refuses(
            "init", "ends at once (busybox: \"must be run as PID 1\"; sysvinit prints its usage; systemd takes itself for telinit)",
            "start the service's program itself", "init") with
        {
            // Elsewhere it is somebody's own program.
            Applies = entrypoint => entrypoint.Path is "init" or "/sbin/init" or "/bin/init" or "/usr/sbin/init" or "/usr/bin/init",
        },

        new EntrypointRow(
            new EntrypointVerdict(
                EntrypointClass.Degrades, "tini", "warns in the container's log, and orphans go to PID 1 to be reaped, not to tini",
                $"{Subreaper}=1 in env, or run tini -s"),
            [.. Tini])
        {
            StartsAfterOptions = "pe",
            Applies = entrypoint => entrypoint.EnvironmentComplete && !IsSubreaper(entrypoint),
        },

        // Makes itself a subreaper where it is not PID 1.
        Fine("catatonit", "", "catatonit", "podman-init"),

        // Says nothing, passes signals on; PID 1 adopts the orphans and reaps them.
        Fine("dumb-init", "r", "dumb-init"),

        // tini that is a subreaper is as good as one that is PID 1.
        Fine("tini", "pe", Tini),

        // Supervisors: they look after the programs that they start, whatever their own PID.
        Fine("supervisord", null, "supervisord"),
        Fine("runsvdir", null, "runsvdir"),
        Fine("s6-svscan", null, "s6-svscan"),
    ];

    private static EntrypointRow Refuses(string program, string effect, string remedy, params string[] names) =>
        new(new EntrypointVerdict(EntrypointClass.Refuses, program, effect, remedy), [.. names]);

    private static EntrypointRow Fine(string program, string? startsAfterOptions, params string[] names) =>
        new(new EntrypointVerdict(EntrypointClass.Fine, program, "works", ""), [.. names]) { StartsAfterOptions = startsAfterOptions };

    /// <summary>
    /// Many images have an <c>/init</c>; s6-overlay's have its variables or say how it got in. Version 2 does not insist on being PID 1.
    /// </summary>
    private static bool IsS6Overlay(Entrypoint entrypoint)
    {
        if (entrypoint.Environment.GetValueOrDefault("S6_OVERLAY_VERSION")?.TrimStart('v') is { } version
            && (version.StartsWith("1.", StringComparison.Ordinal) || version.StartsWith("2.", StringComparison.Ordinal)))
        {
            return false;
        }

        return entrypoint.Name == "s6-overlay-suexec" || (entrypoint.Path == "/init" && Shows(entrypoint));

        static bool Shows(Entrypoint entrypoint) =>
            entrypoint.Environment.Keys.Any(name => name.StartsWith("S6_", StringComparison.Ordinal))
            || entrypoint.BuildSteps.Any(step => step.Contains("s6-overlay", StringComparison.Ordinal));
    }

    /// <summary>Any value of the variable will do; <c>-s</c> may stand among other letters, and anywhere before <c>--</c>.</summary>
    private static bool IsSubreaper(Entrypoint entrypoint) =>
        entrypoint.Environment.ContainsKey(Subreaper)
        || ProgramOptions.Read(entrypoint.Arguments, "pe").Letters.Contains('s', StringComparison.Ordinal)
        || entrypoint.Arguments.TakeWhile(a => a != "--").Any(a => a.Contains('$', StringComparison.Ordinal))
        || entrypoint.Arguments is ["--version"] or ["-h"] or ["-l"];
}
