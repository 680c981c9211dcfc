using Nacelle.Kubernetes.Entrypoints;
using Xunit;
using static Nacelle.Kubernetes.Entrypoints.EntrypointClass;

namespace Nacelle.UnitTests.Kubernetes.Entrypoints;

/// <summary>One case a row, and what must not be taken for it. The end-to-end tests hold the same rows to the real programs.</summary>
public sealed class EntrypointClassifierTests
{
    [Theory]
    [InlineData(Refuses, "systemd", "/lib/systemd/systemd")]
    [InlineData(Refuses, "systemd", "/usr/lib/systemd/systemd|--system")]
    [InlineData(Fine, "", "/usr/lib/systemd/systemd|--user")]
    [InlineData(Refuses, "init", "/sbin/init")]
    [InlineData(Refuses, "init", "/usr/sbin/init|3")]
    [InlineData(Refuses, "init", "init")]
    [InlineData(Refuses, "init", "busybox|init")]
    [InlineData(Refuses, "init", "/bin/busybox|init")]
    [InlineData(Fine, "", "/app/init")]
    [InlineData(Fine, "", "/usr/local/bin/init")]
    [InlineData(Fine, "", "/init")]
    [InlineData(Fine, "", "busybox")]
    [InlineData(Fine, "", "busybox|httpd|-f")]
    [InlineData(Refuses, "runit", "runit")]
    [InlineData(Refuses, "runit", "/sbin/runit-init")]
    [InlineData(Fine, "runsvdir", "runsvdir|-P|/etc/service")]
    [InlineData(Refuses, "openrc-init", "/sbin/openrc-init")]
    [InlineData(Refuses, "finit", "/sbin/finit")]
    [InlineData(Degrades, "tini", "/usr/bin/tini|--|nginx")]
    [InlineData(Degrades, "tini", "/tini-static-amd64|nginx")]
    [InlineData(Degrades, "tini", "/sbin/docker-init|--|nginx")]
    [InlineData(Degrades, "tini", "tini|-g|--|nginx|-s|reload")]
    [InlineData(Degrades, "tini", "tini|-p|s|--|nginx")]
    [InlineData(Degrades, "tini", "tini|-ps|--|nginx")]
    [InlineData(Degrades, "tini", "tini|-e|143|nginx")]
    [InlineData(Fine, "tini", "tini|-s|--|nginx")]
    [InlineData(Fine, "tini", "tini|-gsvv|--|nginx")]
    [InlineData(Fine, "tini", "tini|-e|143|-s|nginx")]
    [InlineData(Fine, "tini", "tini|nginx|-s|reload")]
    [InlineData(Fine, "tini", "tini|--version")]
    [InlineData(Fine, "catatonit", "/usr/bin/catatonit|--|nginx")]
    [InlineData(Fine, "catatonit", "/dev/podman-init|--|nginx")]
    [InlineData(Fine, "dumb-init", "dumb-init|-r|15:3|nginx")]
    [InlineData(Fine, "supervisord", "/usr/bin/supervisord|-n")]
    [InlineData(Fine, "s6-svscan", "s6-svscan|/etc/s6")]
    [InlineData(Fine, "", "nginx|-g|daemon off;")]
    [InlineData(Fine, "", "/docker-entrypoint.sh|tini")]
    [InlineData(Fine, "", "/opt/systemd/")]
    [InlineData(Fine, "", "")]
    public void Classify_Program_IsItsRow(EntrypointClass expected, string program, string argv)
    {
        var verdict = EntrypointClassifier.Classify(Entrypoint(argv));

        Assert.Equal((expected, program), (verdict.Class, verdict.Program));
    }

    [Theory]
    [InlineData(Degrades, "env|tini|--|x")]
    [InlineData(Degrades, "/usr/bin/env|A=b|C=|tini|--|x")]
    [InlineData(Fine, "env|TINI_SUBREAPER=|tini|--|x")]
    [InlineData(Fine, "env|-S|tini -- x")]
    [InlineData(Degrades, "sh|-c|exec tini -- nginx -g 'daemon off;'")]
    [InlineData(Degrades, "/bin/bash|-ec|tini -- nginx")]
    [InlineData(Degrades, "bash|-e|-c|exec tini -- \"$@\"|bash|nginx")]
    [InlineData(Degrades, "busybox|sh|-c|exec env A=b tini x")]
    [InlineData(Degrades, "sh|-c|mkdir -p /run/x && chown x: /run/x; exec tini -- x")]
    [InlineData(Degrades, "sh|-c|set -e\nA=b exec '/usr/bin/tini' -- x")]
    [InlineData(Refuses, "sh|-c|exec /sbin/init")]
    [InlineData(Refuses, "sh|-c|if [ -f /x ]; then /x; fi; exec runit")]
    [InlineData(Fine, "sh|-c|TINI_SUBREAPER=1 exec tini -- x")]
    [InlineData(Fine, "sh|-c|export TINI_SUBREAPER=1; exec tini -- x")]
    [InlineData(Fine, "sh|-c|exec tini $TINI_OPTIONS -- x")]
    [InlineData(Fine, "sh|-c|exec tini -s -- x")]
    [InlineData(Fine, "sh|-c|exec \"$@\"|sh|tini|x")]
    [InlineData(Fine, "sh|-c|if true; then exec runit; fi")]
    [InlineData(Fine, "sh|-c|runit; sleep 1")]
    [InlineData(Fine, "sh|-c|tini -- x >log")]
    [InlineData(Fine, "sh|-c|(tini -- x)")]
    [InlineData(Fine, "sh|-c|tini -- x & wait")]
    [InlineData(Fine, "sh|-c|exec tini -- \"`x`\"")]
    [InlineData(Fine, "sh|-c|echo 'exec tini -- x")]
    [InlineData(Fine, "sh|-c|# exec runit")]
    [InlineData(Fine, "sh|-c")]
    [InlineData(Fine, "sh|-c|")]
    [InlineData(Fine, "sh|/run.sh|-c|runit")]
    [InlineData(Fine, "sh")]
    public void Classify_BehindAWrapper_IsTheProgramsOwn(EntrypointClass expected, string argv) =>
        Assert.Equal(expected, EntrypointClassifier.Classify(Entrypoint(argv)).Class);

    [Theory]
    [InlineData(Refuses, "runit", "tini|-s|--|runit")]
    [InlineData(Refuses, "runit", "dumb-init|-c|runit")]
    [InlineData(Refuses, "init", "catatonit|--|/sbin/init")]
    [InlineData(Refuses, "s6-overlay", "tini|-e|143|/init")]
    [InlineData(Degrades, "tini", "tini|--|dumb-init|x")]
    [InlineData(Degrades, "tini", "dumb-init|tini|x")]
    public void Classify_StartedByAnInit_IsTheWorstOfBoth(EntrypointClass expected, string program, string argv)
    {
        var verdict = EntrypointClassifier.Classify(Entrypoint(argv, "S6_VERBOSITY=1"));

        Assert.Equal((expected, program), (verdict.Class, verdict.Program));
    }

    [Theory]
    [InlineData(Refuses, "S6_BEHAVIOUR_IF_STAGE2_FAILS=2")]
    [InlineData(Refuses, "S6_OVERLAY_VERSION=3.2.0.2")]
    [InlineData(Refuses, "S6_OVERLAY_VERSION=v3.1.0.0")]
    [InlineData(Fine, "S6_OVERLAY_VERSION=v2.2.0.3")]
    [InlineData(Fine, "MY_S6_THING=1")]
    public void Classify_InitWithVariables_IsS6OverlayOnlyByThem(EntrypointClass expected, string variable) =>
        Assert.Equal(expected, EntrypointClassifier.Classify(Entrypoint("/init", variable)).Class);

    [Fact]
    public void Classify_InitOfAnImageBuiltWithS6Overlay_Refuses()
    {
        var step = "ADD https://github.com/just-containers/s6-overlay/releases/download/v3.1.6.2/s6-overlay-noarch.tar.xz /tmp # buildkit";

        var verdict = EntrypointClassifier.Classify(Entrypoint("/init") with { BuildSteps = ["RUN apt-get update", step] });

        Assert.Equal((Refuses, "s6-overlay"), (verdict.Class, verdict.Program));
    }

    [Fact]
    public void Classify_VariablesNotAllKnown_SaysNothingOfTini() =>
        Assert.Equal(Fine, EntrypointClassifier.Classify(Entrypoint("tini|x") with { EnvironmentComplete = false }).Class);

    [Fact]
    public void Classify_WrappersWithoutEnd_IsNotKnown() =>
        Assert.Equal(Fine, EntrypointClassifier.Classify(new Entrypoint { Argv = [.. Enumerable.Repeat("env", 1000), "runit"] }).Class);

    [Theory]
    [InlineData("runit", PidNamespace.Pod,
        "runit insists on being PID 1, but /pause is (shareProcessNamespace: true): it ends at once with exit code 111 and \"must be run as process no 1\". Set shareProcessNamespace: false, or run runsvdir in place of runit.")]
    [InlineData("runit", PidNamespace.Node,
        "runit insists on being PID 1, but the machine's init is (hostPID: true): it ends at once with exit code 111 and \"must be run as process no 1\". Set hostPID: false, or run runsvdir in place of runit.")]
    [InlineData("tini", PidNamespace.Pod,
        "tini is not PID 1, /pause is (shareProcessNamespace: true): it warns in the container's log, and orphans go to PID 1 to be reaped, not to tini. Set TINI_SUBREAPER=1 in env, or run tini -s.")]
    [InlineData("tini", PidNamespace.Target,
        "tini is not PID 1, the target container's first process is (targetContainerName): it warns in the container's log, and orphans go to PID 1 to be reaped, not to tini. Set TINI_SUBREAPER=1 in env, or run tini -s.")]
    [InlineData("runit", PidNamespace.Container, null)]
    [InlineData("tini", PidNamespace.Container, null)]
    [InlineData("dumb-init", PidNamespace.Pod, null)]
    [InlineData("nginx", PidNamespace.Node, null)]
    public void Describe_Namespace_SaysWhatHappensAndWhatToSet(string program, PidNamespace pid, string? expected) =>
        Assert.Equal(expected, EntrypointClassifier.Classify(Entrypoint(program)).Describe(pid));

    private static Entrypoint Entrypoint(string argv, params string[] variables) =>
        Nacelle.Kubernetes.Entrypoints.Entrypoint.Of(
            new ImageConfiguration { Env = [.. variables] }, argv.Length == 0 ? [] : argv.Split('|'), [], []);
}
