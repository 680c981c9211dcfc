using System.Collections.Immutable;
using System.Net.Http.Headers;
using Nacelle.Runtime.Images.Registry;
using Runtime.V1;
using Xunit;

namespace Nacelle.UnitTests.Runtime.Images;

public sealed class RegistryRulesTests
{
    private static readonly RegistryOptions Mirrored = new()
    {
        Mirrors = ImmutableDictionary<string, ImmutableArray<Uri>>.Empty.Add("docker.io", [new Uri("http://127.0.0.1:5000")]),
        PlainHttp = ["plain.example"],
    };

    [Theory]
    [InlineData("docker.io", "http://127.0.0.1:5000/ https://registry-1.docker.io/")]
    [InlineData("registry.example:8443", "https://registry.example:8443/")]
    [InlineData("localhost:5000", "http://localhost:5000/")]
    [InlineData("127.0.0.2", "http://127.0.0.2/")]
    [InlineData("[::1]:5000", "http://[::1]:5000/")]
    [InlineData("plain.example", "http://plain.example/")]
    public void For_Domain_GivesMirrorsThenTheRegistry(string domain, string expected) =>
        Assert.Equal(expected, string.Join(' ', RegistryHost.For(domain, Mirrored).Select(host => host.Address)));

    [Theory]
    [InlineData("", "https://registry-1.docker.io", false, true)]
    [InlineData("", "http://127.0.0.1:5000", true, false)]
    [InlineData("https://index.docker.io/v1/", "https://registry-1.docker.io", false, true)]
    [InlineData("https://index.docker.io/v1/", "http://127.0.0.1:5000", true, false)]
    [InlineData("127.0.0.1:5000", "http://127.0.0.1:5000", true, true)]
    [InlineData("registry.example", "https://registry.example", false, true)]
    [InlineData("registry.example", "https://registry.example.evil", false, false)]
    [InlineData("registry.example", "https://registry.example:444", false, false)]
    public void AreFor_Server_OnlyTheOneTheyWereGivenFor(string server, string host, bool isMirror, bool expected)
    {
        RegistryCredentials credentials = new() { Username = "u", Password = "p", ServerAddress = server };

        Assert.Equal(expected, credentials.AreFor(new RegistryHost(new Uri(host), isMirror)));
    }

    [Fact]
    public void From_CombinedField_IsSplit()
    {
        RegistryCredentials credentials = RegistryCredentials.From(new AuthConfig { Auth = Convert.ToBase64String("me:pass:word"u8) })!;

        Assert.Equal(("me", "pass:word"), (credentials.Username, credentials.Password));
        Assert.DoesNotContain("pass", credentials.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void From_Empty_IsNull() => Assert.Null(RegistryCredentials.From(new AuthConfig { ServerAddress = "registry.example" }));

    [Fact]
    public void Choose_BasicAndBearer_TakesBearerWithItsParameters()
    {
        AuthChallenge challenge = AuthChallenge.Choose(
        [
            new AuthenticationHeaderValue("Basic", "realm=\"x\""),
            new AuthenticationHeaderValue("Bearer", "realm=\"https://a/t?x=1,2\", service=s,scope=\"repository:a/b:pull,push\",error=\"q\\\"q\""),
        ])!;

        Assert.Equal("bearer", challenge.Scheme);
        Assert.Equal(("https://a/t?x=1,2", "s", "repository:a/b:pull,push", "q\"q"), (challenge["realm"], challenge["service"], challenge["scope"], challenge["error"]));
    }

    [Theory]
    [InlineData("realm")]
    [InlineData("realm=\"unterminated")]
    [InlineData(",,,=,")]
    public void Parse_Malformed_EndsWithoutFailing(string text) => Assert.NotNull(AuthChallenge.Parse(text));
}
