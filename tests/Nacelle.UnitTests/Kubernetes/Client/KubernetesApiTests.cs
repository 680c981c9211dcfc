using System.Net;
using System.Text;
using k8s.Models;
using Nacelle.Kubernetes.Client;
using Xunit;

namespace Nacelle.UnitTests.Kubernetes.Client;

public sealed class KubernetesApiTests
{
    [Fact]
    public async Task GetAsync_ServerRefuses_ThrowsWhatTheStatusSays()
    {
        using var handler = new ScriptedHandler(
            (HttpStatusCode.NotFound, """{"kind":"Status","status":"Failure","message":"pods \"x\" not found","reason":"NotFound","code":404}"""));
        using var api = new KubernetesApi(handler, new Uri("http://test/"), "test");

        var error = await Assert.ThrowsAsync<ApiException>(
            () => api.GetAsync(ResourceKinds.Pods, "default", "x", TestContext.Current.CancellationToken));

        Assert.Equal(HttpStatusCode.NotFound, error.Code);
        Assert.Equal("NotFound", error.Reason);
        Assert.Equal("pods \"x\" not found", error.Message);
    }

    [Fact]
    public void Serialize_Times_UsesWholeSecondsForTimeAndSixDecimalsForMicroTime()
    {
        var moment = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc).AddMilliseconds(120);
        var text = Encoding.UTF8.GetString(KubernetesJson.Serialize(new Corev1Event
        {
            Metadata = new V1ObjectMeta { Name = "e" },
            InvolvedObject = new V1ObjectReference(),
            FirstTimestamp = moment,
            EventTime = moment,
        }));

        Assert.Contains("\"firstTimestamp\":\"2026-01-02T03:04:05Z\"", text, StringComparison.Ordinal);
        Assert.Contains("\"eventTime\":\"2026-01-02T03:04:05.120000Z\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Deserialize_PodOfThePage_KeepsTheFieldsThatMatter()
    {
        var pod = KubernetesJson.Deserialize<V1Pod>("""
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"nginx","uid":"u","creationTimestamp":"2026-01-02T03:04:05Z"},
             "spec":{"shareProcessNamespace":true,"hostIPC":true,"containers":[{"name":"shell","image":"busybox","stdin":true,"tty":true,
               "ports":[{"containerPort":80}],"resources":{"limits":{"memory":"64Mi"}},
               "livenessProbe":{"httpGet":{"port":"http"}},
               "securityContext":{"capabilities":{"add":["SYS_PTRACE"]},"runAsUser":5}}]},
             "status":{"podIPs":[{"ip":"10.0.0.1"}]}}
            """u8);

        var shell = Assert.Single(pod.Spec.Containers);
        Assert.True(pod.Spec.ShareProcessNamespace);
        Assert.True(pod.Spec.HostIPC);
        Assert.Equal(["SYS_PTRACE"], shell.SecurityContext.Capabilities.Add);
        Assert.Equal(5, shell.SecurityContext.RunAsUser);
        Assert.Equal("http", shell.LivenessProbe.HttpGet.Port.Value);
        Assert.Equal("64Mi", shell.Resources.Limits["memory"].ToString());
        Assert.Equal("10.0.0.1", pod.Status.PodIPs[0].Ip);
        var again = Encoding.UTF8.GetString(KubernetesJson.Serialize(pod));
        Assert.Contains("\"hostIPC\":true", again, StringComparison.Ordinal);
        Assert.Contains("\"podIPs\":[{\"ip\":\"10.0.0.1\"}]", again, StringComparison.Ordinal);
    }
}
