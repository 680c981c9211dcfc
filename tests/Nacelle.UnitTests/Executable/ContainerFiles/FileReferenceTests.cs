using Nacelle.ContainerFiles;
using Xunit;

namespace Nacelle.UnitTests.Executable.ContainerFiles;

public sealed class FileReferenceTests
{
    [Theory]
    [InlineData("nginx:shell:/etc/hosts", "nginx", "shell", "/etc/hosts")]
    [InlineData("nginx:/etc/hosts", "nginx", null, "/etc/hosts")]
    [InlineData("nginx::/etc/hosts", "nginx", null, "/etc/hosts")]
    [InlineData("nginx:shell:/", "nginx", "shell", "/")]
    [InlineData("nginx:/a:b:/c", "nginx", null, "/a:b:/c")]
    [InlineData("nginx:shell:/a:b:/c", "nginx", "shell", "/a:b:/c")]
    public void Parse_PodContainerAndPath_AreToldApart(string text, string pod, string? container, string path) =>
        Assert.Equal(new FileReference(pod, container, path), FileReference.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("nginx")]
    [InlineData("/etc/hosts")]
    [InlineData("nginx:")]
    [InlineData("nginx:shell")]
    [InlineData("nginx:shell:")]
    [InlineData("nginx:shell:etc/hosts")]
    [InlineData(":shell:/etc/hosts")]
    [InlineData("::/etc/hosts")]
    public void Parse_AnythingElse_IsRefusedWithTheFormThatIsExpected(string text)
    {
        var refused = Assert.Throws<UsageException>(() => FileReference.Parse(text));

        Assert.Equal($"files: {text}: expected POD:CONTAINER:/path, or POD:/path where the Pod has one container", refused.Message);
    }
}
