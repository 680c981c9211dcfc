using Nacelle.Kubernetes.Exposure;
using Xunit;

namespace Nacelle.UnitTests.Kubernetes.Exposure;

public sealed class PodAuditTests
{
    private const string Page = """
        apiVersion: v1
        kind: Pod
        metadata: {name: nginx}
        spec:
          shareProcessNamespace: true
          containers:
          - {name: nginx, image: nginx}
          - {name: shell, image: busybox, securityContext: {capabilities: {add: [SYS_PTRACE]}}, stdin: true, tty: true}
        """;

    private const string Secrets = """
        apiVersion: v1
        kind: Pod
        metadata: {name: app}
        spec:
          shareProcessNamespace: true
          volumes:
          - {name: tls, secret: {secretName: tls, defaultMode: 0400}}
          - {name: settings, configMap: {name: settings, items: [{key: a.conf, path: a.conf}]}}
          - {name: all, projected: {sources: [{serviceAccountToken: {path: token, audience: vault}}, {downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}]}}]}}
          - {name: host, hostPath: {path: /srv}}
          - {name: scratch, emptyDir: {}}
          containers:
          - name: app
            image: app
            args: [--password=$(PASSWORD), --literal=$$(PASSWORD), --level=$(LEVEL)]
            env:
            - {name: PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}
            - {name: LEVEL, value: debug}
            - {name: URL, value: "db://$(PASSWORD)@host"}
            - {name: SETTING, valueFrom: {configMapKeyRef: {name: settings, key: b}}}
            - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
            envFrom:
            - {secretRef: {name: more}}
            volumeMounts:
            - {name: tls, mountPath: /tls}
            - {name: settings, mountPath: /settings}
            - {name: all, mountPath: /all}
            - {name: host, mountPath: /host}
            - {name: scratch, mountPath: /scratch}
          - name: neighbour
            image: neighbour
            volumeMounts:
            - {name: scratch, mountPath: /scratch}
        """;

    [Fact]
    public void Of_PageOfTheDocumentation_ShellReadsNginxAndNotTheOtherWayRound()
    {
        IReadOnlyList<ExposureFinding> findings = Audit(Page);
        Assert.Equal(14, findings.Count);
        Assert.All(findings.Where(f => f.Observer == "shell"), f => Assert.Equal(Allowed.Direct, f.Allowed));
        Assert.Equal(["list", "signal", "argv"], findings.Where(f => f.Observer == "nginx" && f.IsOpen).Select(f => Words.Of(f.Access)));
        Assert.All(findings, f => Assert.Null(f.Verified));
        Assert.Contains("the USER of image nginx is not known", findings.First(f => f.Access == Access.Root).Note);
    }

    [Fact]
    public void Of_ContainersOfTheirOwnNamespaces_NothingIsOpen()
    {
        IReadOnlyList<ExposureFinding> findings = Audit(Page.Replace("shareProcessNamespace: true", "shareProcessNamespace: false", StringComparison.Ordinal));
        Assert.Equal(14, findings.Count);
        Assert.All(findings, f => Assert.Equal((Allowed.No, ExposureLevel.Info, ""), (f.Allowed, f.Level, f.Remedy)));
    }

    [Fact]
    public void Of_HostPid_NamesTheHostAsATarget()
    {
        IReadOnlyList<ExposureFinding> findings = Audit(Page.Replace("shareProcessNamespace", "hostPID", StringComparison.Ordinal));
        ExposureFinding signal = findings.Single(f => f is { Observer: "nginx", Target: "(host)", Access: Access.Signal });
        Assert.Equal((Allowed.Direct, ExposureLevel.High), (signal.Allowed, signal.Level));
        Assert.Equal(["the processes of the whole machine"], signal.Exposes);
        Assert.DoesNotContain(findings, f => f.Observer == "(host)");
        Assert.Equal("set hostPID to false", findings.First(f => f.Access == Access.List).Remedy);
    }

    [Fact]
    public void Of_Environment_NamesEverySourceAndNoValue() => Assert.Equal(
        ["Secret more (envFrom)", "Secret db, key password (env PASSWORD)", "env LEVEL", "env URL", "Secret db, key password (env PASSWORD) in env URL", "ConfigMap settings, key b (env SETTING)"],
        Exposes(Access.Environ));

    [Fact]
    public void Of_Arguments_CountsThemAndNamesWhatIsExpanded() =>
        Assert.Equal(["3 arguments", "Secret db, key password (env PASSWORD) in an argument"], Exposes(Access.Argv));

    [Fact]
    public void Of_Volumes_NamesThemWithoutThoseThatTheObserverMounts() => Assert.Equal(
        [
            "Secret tls (volume tls at /tls)", "ConfigMap settings, key a.conf (volume settings at /settings)", "service account token for vault (volume all at /all)",
            "downwardAPI (volume all at /all)", "hostPath /srv (volume host at /host)",
        ],
        Exposes(Access.Root));

    [Fact]
    public void Of_Memory_ExposesEnvironmentAndVolumes() =>
        Assert.Equal(Exposes(Access.Environ).Concat(Exposes(Access.Root)), Exposes(Access.Memory));

    [Fact]
    public void Of_SecretFileThatOnlyRootReads_IsNoExposureToAnotherUserOfTheSameIdentity()
    {
        string both = Secrets.Replace("  shareProcessNamespace: true", "  shareProcessNamespace: true\n  securityContext: {runAsUser: 7}", StringComparison.Ordinal);
        ExposureFinding root = Audit(both).Single(f => f is { Observer: "neighbour", Access: Access.Root });
        Assert.Equal(Allowed.Direct, root.Allowed);
        Assert.DoesNotContain("Secret tls (volume tls at /tls)", root.Exposes);
        Assert.Contains("service account token for vault (volume all at /all)", root.Exposes);
    }

    [Fact]
    public void Of_Levels_FollowWhatIsExposed()
    {
        Dictionary<Access, ExposureLevel> secrets = Audit(Secrets).Where(f => f.Observer == "neighbour").ToDictionary(f => f.Access, f => f.Level);
        Assert.Equal(ExposureLevel.High, secrets[Access.Argv]);
        Assert.Equal(ExposureLevel.High, secrets[Access.Environ]);
        Assert.Equal(ExposureLevel.High, secrets[Access.Root]);
        Assert.Equal(ExposureLevel.Medium, secrets[Access.Signal]);
        Dictionary<Access, ExposureLevel> page = Audit(Page).Where(f => f.Observer == "shell").ToDictionary(f => f.Access, f => f.Level);
        Assert.Equal(ExposureLevel.High, page[Access.Memory]);
        Assert.Equal(ExposureLevel.Medium, page[Access.Root]);
        Assert.Equal(ExposureLevel.Low, page[Access.Environ]);
        Assert.Equal(ExposureLevel.Low, page[Access.Argv]);
        Assert.Equal(ExposureLevel.Info, page[Access.List]);
    }

    [Theory]
    [InlineData("{runAsUser: 1000}", "{capabilities: {add: [SYS_PTRACE]}}", "memory", "run container b as a user of its own that is not root (securityContext.runAsUser)")]
    [InlineData("{runAsUser: 1000}", "{}", "environ", "drop SETUID from container b (securityContext.capabilities.drop)")]
    [InlineData("{}", "{}", "memory", "run container b as a user of its own that is not root (securityContext.runAsUser)")]
    [InlineData("{runAsUser: 5}", "{runAsUser: 5}", "root", "run container b as a user of its own that is not root (securityContext.runAsUser)")]
    [InlineData("{runAsUser: 1000}", "{capabilities: {drop: [ALL], add: [SYS_PTRACE]}}", "memory", "remove SYS_PTRACE from capabilities.add of container b")]
    [InlineData("{runAsUser: 1000}", "{capabilities: {drop: [SETUID, SETGID]}}", "signal", "drop KILL from container b (securityContext.capabilities.drop)")]
    [InlineData("{}", "{}", "list", "set shareProcessNamespace to false")]
    public void Of_Remedy_IsTheSmallestChangeThatCloses(string a, string b, string access, string remedy)
    {
        string manifest = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  shareProcessNamespace: true\n  containers:\n"
            + $"  - {{name: a, image: i, securityContext: {a}}}\n  - {{name: b, image: j, securityContext: {b}}}\n";
        ExposureFinding finding = Audit(manifest).Single(f => f.Observer == "b" && Words.Of(f.Access) == access);
        Assert.True(finding.IsOpen);
        Assert.Equal(remedy, finding.Remedy);
    }

    [Fact]
    public void Of_InitContainer_MeetsOnlyTheSidecarsStartedBefore()
    {
        IReadOnlyList<ExposureFinding> findings = Audit("""
            apiVersion: v1
            kind: Pod
            metadata: {name: p}
            spec:
              shareProcessNamespace: true
              initContainers:
              - {name: first, image: i}
              - {name: sidecar, image: i, restartPolicy: Always}
              - {name: second, image: i}
              containers:
              - {name: app, image: i}
            """);
        Assert.Equal(
            ["app>sidecar", "second>sidecar", "sidecar>app", "sidecar>second"],
            findings.Select(f => $"{f.Observer}>{f.Target}").Distinct().Order(StringComparer.Ordinal));
    }

    private static IReadOnlyList<ExposureFinding> Audit(string manifest) => PodAudit.Of(Assert.Single(ManifestPods.Read(manifest)));

    private static System.Collections.Immutable.ImmutableArray<string> Exposes(Access access) =>
        Audit(Secrets).Single(f => f.Observer == "neighbour" && f.Access == access).Exposes;
}
