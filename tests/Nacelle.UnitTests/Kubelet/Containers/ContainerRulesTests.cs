using k8s.Models;
using Nacelle.Kubelet.Containers;
using Runtime.V1;
using Xunit;

namespace Nacelle.UnitTests.Kubelet.Containers;

public sealed class ContainerRulesTests
{
    private static readonly PulledImage RootImage = new("sha256:1", null, "");

    [Theory]
    [InlineData("nginx", "nginx:latest", "Always")]
    [InlineData("nginx:1.27", "nginx:1.27", "IfNotPresent")]
    [InlineData("nginx:latest", "nginx:latest", "Always")]
    [InlineData("localhost:5000/a/b", "localhost:5000/a/b:latest", "Always")]
    [InlineData("registry.example.com/a/b_c:v1", "registry.example.com/a/b_c:v1", "IfNotPresent")]
    [InlineData(
        "nginx@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "nginx@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "IfNotPresent")]
    [InlineData("Nginx", null, "IfNotPresent")]
    [InlineData("a//b", null, "IfNotPresent")]
    [InlineData("nginx:", null, "IfNotPresent")]
    [InlineData("nginx@sha256:12", null, "IfNotPresent")]
    public void WithDefaultTag_Name_IsCheckedAndCompleted(string image, string? expected, string policy)
    {
        Assert.Equal(expected, ImageReference.WithDefaultTag(image));
        Assert.Equal(policy, ImageReference.DefaultPolicy(image));
    }

    [Theory]
    [InlineData(false, false, null, NamespaceMode.Container)]
    [InlineData(true, false, null, NamespaceMode.Pod)]
    [InlineData(false, true, null, NamespaceMode.Node)]
    [InlineData(false, false, "c1", NamespaceMode.Target)]
    [InlineData(true, false, "c1", NamespaceMode.Pod)]
    [InlineData(false, true, "c1", NamespaceMode.Node)]
    public void Of_ProcessNamespace_IsAlwaysExplicit(bool share, bool host, string? target, NamespaceMode expected)
    {
        var pod = Pods.Make();
        pod.Spec.ShareProcessNamespace = share;
        pod.Spec.HostPID = host;

        var options = Namespaces.Of(pod, target);

        Assert.Equal(expected, options.Pid);
        Assert.Equal(expected == NamespaceMode.Target ? "c1" : "", options.TargetId);
        Assert.Equal((NamespaceMode.Pod, NamespaceMode.Pod), (options.Network, options.Ipc));
    }

    [Theory]
    [InlineData(null, null, "", "container has runAsNonRoot and image will run as root (pod: \"p_default(uid-1)\", container: a)")]
    [InlineData(null, 0L, "", "container has runAsNonRoot and image will run as root (pod: \"p_default(uid-1)\", container: a)")]
    [InlineData(null, null, "www", "container has runAsNonRoot and image has non-numeric user (www), cannot verify user is non-root (pod: \"p_default(uid-1)\", container: a)")]
    [InlineData(0L, 1000L, "", "container's runAsUser breaks non-root policy (pod: \"p_default(uid-1)\", container: a)")]
    [InlineData(null, 1000L, "", null)]
    [InlineData(5L, null, "", null)]
    public void OfContainer_RunAsNonRoot_IsVerified(long? runAs, long? imageUid, string imageUser, string? expected)
    {
        var pod = Pods.Make();
        pod.Spec.SecurityContext = new V1PodSecurityContext { RunAsNonRoot = true, RunAsUser = runAs };

        var error = Record.Exception(
            () => SecurityContexts.OfContainer(pod, pod.Spec.Containers[0], new PulledImage("x", imageUid, imageUser), null));

        Assert.Equal(expected, error?.Message);
        if (error is ContainerStartException start)
        {
            Assert.Equal("CreateContainerConfigError", start.Why.Reason);
        }
    }

    [Fact]
    public void OfContainer_BothLevels_TheContainersOwnWins()
    {
        var pod = Pods.Make();
        pod.Spec.SecurityContext = new V1PodSecurityContext { RunAsUser = 1, RunAsGroup = 2, FsGroup = 3, SupplementalGroups = [4] };
        pod.Spec.Containers[0].SecurityContext = new V1SecurityContext
        {
            RunAsUser = 10,
            AllowPrivilegeEscalation = false,
            ReadOnlyRootFilesystem = true,
            Capabilities = new V1Capabilities { Add = ["SYS_PTRACE"], Drop = ["ALL"] },
        };

        var context = SecurityContexts.OfContainer(pod, pod.Spec.Containers[0], RootImage, null);

        Assert.Equal((10, 2), (context.RunAsUser.Value, context.RunAsGroup.Value));
        Assert.Equal([3, 4], context.SupplementalGroups);
        Assert.True(context is { NoNewPrivs: true, ReadonlyRootfs: true, Privileged: false });
        Assert.Equal(["SYS_PTRACE"], context.Capabilities.AddCapabilities);
        Assert.Equal(["ALL"], context.Capabilities.DropCapabilities);
        Assert.Contains("/proc/kcore", context.MaskedPaths);
        Assert.Equal(SecurityProfile.Types.ProfileType.Unconfined, context.Seccomp.ProfileType);
    }

    [Fact]
    public void OfContainer_NamedImageUser_IsLeftToTheRuntime()
    {
        var pod = Pods.Make();

        var context = SecurityContexts.OfContainer(pod, pod.Spec.Containers[0], new PulledImage("x", null, "www"), null);

        Assert.Null(context.RunAsUser);
        Assert.Equal("www", context.RunAsUsername);
    }

    [Fact]
    public void SandboxConfig_Pod_CarriesLabelsHostnameAndPorts()
    {
        var pod = Pods.Make();
        pod.Spec.ShareProcessNamespace = true;
        pod.Metadata.Labels = new Dictionary<string, string> { ["app"] = "x" };
        pod.Spec.Containers[0].Ports = [new V1ContainerPort { ContainerPort = 80, HostPort = 8080, Protocol = "UDP" }];

        var config = SandboxConfigs.Of(pod, 2, new PodPaths("/state", "/logs"), "n", null, "/x/pod");

        Assert.Equal(("p", "default", "uid-1", 2u), (config.Metadata.Name, config.Metadata.Namespace, config.Metadata.Uid, config.Metadata.Attempt));
        Assert.Equal(("p", "/logs/default_p_uid-1", "/x/pod"), (config.Hostname, config.LogDirectory, config.Linux.CgroupParent));
        Assert.Equal(("x", "uid-1"), (config.Labels["app"], config.Labels["io.kubernetes.pod.uid"]));
        Assert.Equal((80, 8080, Protocol.Udp), (config.PortMappings[0].ContainerPort, config.PortMappings[0].HostPort, config.PortMappings[0].Protocol));
        Assert.Equal(NamespaceMode.Pod, config.Linux.SecurityContext.NamespaceOptions.Pid);
    }

    [Fact]
    public void ContainerConfig_Container_CarriesWhatARestartedKubeletNeeds()
    {
        var pod = Pods.Make();
        var container = pod.Spec.Containers[0];
        container.Stdin = true;
        container.Tty = true;

        var config = ContainerConfigs.Of(pod, container, RootImage, new ContainerInputs { Command = ["sh"] }, 3, null, null);

        Assert.Equal(("a", 3u, "a/3.log"), (config.Metadata.Name, config.Metadata.Attempt, config.LogPath));
        Assert.Equal(("sha256:1", "busybox"), (config.Image.Image, config.Image.UserSpecifiedImage));
        Assert.True(config is { Stdin: true, Tty: true, StdinOnce: false });
        Assert.Equal("3", config.Annotations["io.kubernetes.container.restartCount"]);
        Assert.Equal("a", config.Labels["io.kubernetes.container.name"]);
        Assert.NotEmpty(config.Annotations["io.kubernetes.container.hash"]);
    }

    [Fact]
    public void Surplus_OldLogs_KeepsTheNewest() => Assert.Equal(
        ["0.log.20260101-000000", "0.log.20260102-000000"],
        LogRotation.Surplus(["0.log.20260103-000000", "0.log.20260101-000000", "0.log.20260104-000000", "0.log.20260102-000000"], 2));

    [Theory]
    [InlineData("nginx", "hub")]
    [InlineData("docker.io/library/nginx:1", "hub")]
    [InlineData("example.com/team/app:1", "team,any")]
    [InlineData("example.com/other", "any")]
    [InlineData("example.com.evil/x", "")]
    [InlineData("localhost:5000/x", "")]
    public void For_Image_GivesTheMostSpecificCredentialFirst(string image, string expected)
    {
        var secret = new V1Secret
        {
            Data = new Dictionary<string, byte[]>
            {
                [".dockerconfigjson"] = """
                    {"auths":{"https://index.docker.io/v1/":{"auth":"aHViOnB3"},"example.com":{"username":"any","password":"p"},
                     "https://example.com/team":{"username":"team","password":"p"}}}
                    """u8.ToArray(),
            },
        };

        var found = RegistryCredentials.From([secret, new V1Secret { Data = new Dictionary<string, byte[]> { [".dockercfg"] = "broken"u8.ToArray() } }])
            .For(image);

        Assert.Equal(expected, string.Join(',', found.Select(a => a.Username)));
        Assert.All(found, a => Assert.NotEmpty(a.Password));
    }

    [Fact]
    public void Find_FieldsNotActedOn_NamesEachWithItsPath()
    {
        var pod = Pods.Make("Always", null, "a", "b");
        pod.Spec.HostUsers = false;
        pod.Spec.Containers[1].SecurityContext = new V1SecurityContext { SeLinuxOptions = new V1SELinuxOptions { Level = "s0" } };
        pod.Spec.Volumes = [new V1Volume { Name = "v", Nfs = new V1NFSVolumeSource { Path = "/", Server = "s" } }];
        pod.Spec.Subdomain = "sub";

        var uses = UnsupportedFields.Find(pod);

        Assert.Equal(
            ["spec.hostUsers", "spec.containers[1].securityContext.seLinuxOptions", "spec.volumes[0].nfs"],
            uses.Where(u => u.Effect == FieldEffect.Refused).Select(u => u.Path));
        Assert.Equal(["spec.subdomain"], uses.Where(u => u.Effect == FieldEffect.Ignored).Select(u => u.Path));
    }

    [Fact]
    public void Find_FieldsThatOnlyAChoiceBringsIn_WarnsOfEach()
    {
        var pod = Pods.Make();
        pod.Spec.AutomountServiceAccountToken = true;
        pod.Spec.SecurityContext = new V1PodSecurityContext { FsGroupChangePolicy = "OnRootMismatch", SeLinuxChangePolicy = "Recursive" };
        pod.Spec.Tolerations = [Toleration("node.kubernetes.io/not-ready", 300), Toleration("node.kubernetes.io/unreachable", 10), Toleration("mine", 300)];
        pod.Spec.Volumes = [EmptyDir("disk", null, "1Gi"), EmptyDir("memory", "Memory", "1Gi"), EmptyDir("free", null, null)];
        pod.Spec.Containers[0].Resources = new V1ResourceRequirements
        {
            Limits = new Dictionary<string, ResourceQuantity> { ["ephemeral-storage"] = new("1Gi"), ["memory"] = new("1Gi") },
        };
        pod.Spec.Containers[0].ResizePolicy = [new V1ContainerResizePolicy { ResourceName = "cpu", RestartPolicy = "RestartContainer" }];

        var uses = UnsupportedFields.Find(pod);

        Assert.Equal(
            [
                "spec.securityContext.fsGroupChangePolicy", "spec.securityContext.seLinuxChangePolicy", "spec.automountServiceAccountToken",
                "spec.tolerations[1].tolerationSeconds", "spec.tolerations[2].tolerationSeconds", "spec.volumes[0].emptyDir.sizeLimit",
                "spec.containers[0].resources.limits.ephemeral-storage", "spec.containers[0].resizePolicy.restartPolicy",
            ],
            uses.Select(u => u.Path));
        Assert.All(uses, use => Assert.Equal(FieldEffect.Ignored, use.Effect));
    }

    [Fact]
    public void Find_WhatEveryPodGetsByDefault_IsNoUse()
    {
        var pod = Pods.Make();
        pod.Spec.AutomountServiceAccountToken = false;
        pod.Spec.PreemptionPolicy = "PreemptLowerPriority";
        pod.Spec.SecurityContext = new V1PodSecurityContext { FsGroup = 5, FsGroupChangePolicy = "Always" };
        pod.Spec.Tolerations = [Toleration("node.kubernetes.io/not-ready", 300), Toleration("node.kubernetes.io/unreachable", 300)];
        pod.Spec.Containers[0].ResizePolicy = [new V1ContainerResizePolicy { ResourceName = "cpu", RestartPolicy = "NotRequired" }];

        Assert.Empty(UnsupportedFields.Find(pod));
    }

    [Fact]
    public void Find_EnvironmentFromAFile_IsRefused()
    {
        var pod = Pods.Make();
        pod.Spec.Containers[0].Env = [new V1EnvVar { Name = "A", ValueFrom = new V1EnvVarSource { FileKeyRef = new V1FileKeySelector { Key = "k" } } }];

        var use = Assert.Single(UnsupportedFields.Find(pod));

        Assert.Equal(("spec.containers[0].env.valueFrom.fileKeyRef", FieldEffect.Refused), (use.Path, use.Effect));
    }

    [Fact]
    public void Find_PageOfTheDocumentation_UsesOnlySupportedFields()
    {
        var pod = Pods.Make("Always", null, "nginx", "shell");
        pod.Spec.ShareProcessNamespace = true;
        pod.Spec.Containers[1].Stdin = true;
        pod.Spec.Containers[1].SecurityContext = new V1SecurityContext { Capabilities = new V1Capabilities { Add = ["SYS_PTRACE"] } };

        Assert.Empty(UnsupportedFields.Find(pod));
    }

    private static V1Toleration Toleration(string key, long seconds) =>
        new() { Key = key, OperatorProperty = "Exists", Effect = "NoExecute", TolerationSeconds = seconds };

    private static V1Volume EmptyDir(string name, string? medium, string? limit) => new()
    {
        Name = name,
        EmptyDir = new V1EmptyDirVolumeSource { Medium = medium, SizeLimit = limit is null ? null : new ResourceQuantity(limit) },
    };
}
