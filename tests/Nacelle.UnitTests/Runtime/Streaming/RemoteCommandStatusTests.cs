using System.Text;
using Nacelle.Runtime.Streaming.RemoteCommand;
using Xunit;

namespace Nacelle.UnitTests.Runtime.Streaming;

public sealed class RemoteCommandStatusTests
{
    [Fact]
    public void Exited_Zero_IsSuccess() =>
        Assert.Equal("""{"metadata":{},"status":"Success"}""", Text(RemoteCommandStatus.Exited(0)));

    [Fact]
    public void Exited_NonZero_CarriesTheCodeAsCause() =>
        Assert.Equal(
            """{"metadata":{},"status":"Failure","message":"command terminated with non-zero exit code: exit status 42","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"42"}]}}""",
            Text(RemoteCommandStatus.Exited(42)));

    [Fact]
    public void InternalError_SaysWhat() =>
        Assert.Equal(
            """{"metadata":{},"status":"Failure","message":"Internal error occurred: no","reason":"InternalError","details":{"causes":[{"message":"no"}]},"code":500}""",
            Text(RemoteCommandStatus.InternalError("no")));

    private static string Text(RemoteCommandStatus status) => Encoding.UTF8.GetString(status.ToUtf8());
}
