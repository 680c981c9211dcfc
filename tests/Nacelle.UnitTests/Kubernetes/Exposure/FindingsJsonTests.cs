using System.Text.Json;
using Nacelle.Kubernetes.Exposure;
using Xunit;

namespace Nacelle.UnitTests.Kubernetes.Exposure;

public sealed class FindingsJsonTests
{
    private static readonly ExposureFinding Finding = new()
    {
        Pod = "nginx",
        Observer = "shell",
        Target = "nginx",
        Access = Access.Environ,
        Allowed = Allowed.Reachable,
        Level = ExposureLevel.High,
        Rule = "a rule",
        Steps = "setuid(101)",
        Exposes = ["Secret a"],
        Remedy = "a remedy",
        Note = "a note",
    };

    [Theory]
    [InlineData(null, "null")]
    [InlineData(true, "true")]
    [InlineData(false, "false")]
    public void Write_ThenRead_GivesTheSameFinding(bool? verified, string shown)
    {
        ExposureFinding finding = Finding with { Verified = verified };
        string text = Write(finding);
        Assert.Contains($"\"verified\":{shown}", text);
        Assert.Contains("\"access\":\"environ\",\"allowed\":\"reachable\"", text);
        ExposureFinding read = Assert.Single(FindingsJson.Read(JsonDocument.Parse(text).RootElement));
        Assert.Equal(text, Write(read));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("[{}]")]
    [InlineData("""[{"pod":"a","observer":"a","target":"b","access":"look"}]""")]
    public void Read_SomethingElse_Throws(string text) =>
        Assert.Throws<JsonException>(() => FindingsJson.Read(JsonDocument.Parse(text).RootElement));

    private static string Write(ExposureFinding finding)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            FindingsJson.Write(writer, [finding]);
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }
}
