using System.Collections.Immutable;
using Nacelle.Kubelet.PodWorkers;
using Xunit;

namespace Nacelle.UnitTests.Kubelet.PodWorkers;

public sealed class SandboxEndTests
{
    private const string Sentence = "Pod sandbox changed, it will be killed and re-created.";
    private const string EndSentence = "Pod sandbox changed, the pod ends with it: nothing in it may be restarted.";

    [Theory]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData("{\"at\":1,\"exitCode\":0}", "")]
    [InlineData("{\"signal\":\"SIGKILL\"}", " /pause was ended by SIGKILL.")]
    [InlineData("{\"signal\":\"SIGTERM\",\"senderPid\":0}", " /pause was ended by SIGTERM from outside of the Pod.")]
    [InlineData("{\"signal\":\"SIGTERM\",\"senderPid\":7,\"senderUid\":101}", " /pause was ended by SIGTERM from PID 7 (uid 101).")]
    [InlineData(
        "{\"signal\":\"SIGTERM\",\"senderPid\":7,\"senderUid\":0,\"senderContainer\":\"shell\",\"senderCommand\":\"kill 1\"}",
        " /pause was ended by SIGTERM from PID 7 (uid 0) of container shell: kill 1.")]
    [InlineData("{\"signal\":\"SIGTERM\",\"senderPid\":7,\"senderContainer\":\"shell\"}", " /pause was ended by SIGTERM from PID 7 of container shell.")]
    [InlineData("{\"signal\":\"SIGTERM\",\"senderPid\":7,\"senderCommand\":\"a\\u001b[31m\\nb\"}", " /pause was ended by SIGTERM from PID 7: a\\x1b[31m\\nb.")]
    [InlineData("{\"signal\":\"SIGTERM\",\"senderPid\":7,\"senderCommand\":\"a\\\\nb\"}", " /pause was ended by SIGTERM from PID 7: a\\nb.")]
    [InlineData("{\"signal\":\"SIGTERM\",\"senderPid\":7,\"senderCommand\":5}", "")]
    [InlineData("not json", "")]
    public void Describe_WhatTheRuntimeKnows_NamesSignalAndSender(string? info, string expected)
    {
        var sandbox = Pods.Sandbox(ready: false);
        if (info is not null)
        {
            sandbox = sandbox with { Info = ImmutableDictionary<string, string>.Empty.Add("nacelle.sandboxEnded", info) };
        }

        Assert.Equal(Sentence + expected, SandboxEnd.Describe(sandbox, recreated: true));
        Assert.Equal(EndSentence + expected, SandboxEnd.Describe(sandbox, recreated: false));
    }
}
