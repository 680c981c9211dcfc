using System.Text;
using Microsoft.AspNetCore.Http;
using Nacelle.Runtime.Images;
using Nacelle.Runtime.Images.Registry;
using Xunit;
using static Nacelle.IntegrationTests.Images.TestImage;

namespace Nacelle.IntegrationTests.Images;

public sealed class AuthorisedPullTests
{
    private static readonly RegistryCredentials Me = new() { Username = "me", Password = "secret" };
    private static readonly string MyHeader = "Basic " + Convert.ToBase64String("me:secret"u8);

    [Fact]
    public async Task PullAsync_BasicAuthorisation_IsGivenWhenAskedFor()
    {
        await using TestStore test = await TestStore.StartAsync();
        test.Registry.Add("app", "latest", new TestImage().With(File("a")));
        test.Registry.Intercept = context => Demand(context, MyHeader, "Basic realm=\"r\"");

        Assert.NotNull(await test.PullAsync("app", Me));
    }

    [Fact]
    public async Task PullAsync_WrongOrNoPassword_IsDenied()
    {
        await using TestStore test = await TestStore.StartAsync();
        test.Registry.Add("app", "latest", new TestImage().With(File("a")));
        test.Registry.Intercept = context => Demand(context, MyHeader, "Basic realm=\"r\"");

        foreach (RegistryCredentials? credentials in (RegistryCredentials?[])[null, Me with { Password = "wrong" }])
        {
            ImageException failure = await test.FailAsync("app", credentials);
            Assert.Equal(ImageError.Denied, failure.Error);
            Assert.Contains("pull access denied, repository does not exist or may require authorization", failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("wrong", failure.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task PullAsync_Token_IsFetchedOnceAndUsedAgain(bool withCredentials)
    {
        await using TestStore test = await TestStore.StartAsync();
        test.Registry.Add("app", "latest", new TestImage().With(File("a")));
        List<string> tokenRequests = [];
        ServeTokens(test.Registry, tokenRequests);

        await test.PullAsync("app", withCredentials ? Me : null);
        Assert.Equal(
            $"?service=test&scope=repository%3Aapp%3Apull {(withCredentials ? MyHeader : "")}", Assert.Single(tokenRequests));

        test.Registry.Requests.Clear();
        await test.PullAsync("app", withCredentials ? Me : null);
        Assert.Equal("HEAD /v2/app/manifests/latest", Assert.Single(test.Registry.Requests));
    }

    [Fact]
    public async Task PullAsync_OtherCredentials_DoNotRideOnTheFirstOnesToken()
    {
        await using TestStore test = await TestStore.StartAsync();
        test.Registry.Add("app", "latest", new TestImage().With(File("a")));
        List<string> tokenRequests = [];
        ServeTokens(test.Registry, tokenRequests);

        await test.PullAsync("app", Me);
        await test.PullAsync("app", Me with { Username = "other" });

        Assert.Equal(2, tokenRequests.Count);
    }

    [Fact]
    public async Task PullAsync_RedirectToAnotherHost_DoesNotShowTheToken()
    {
        await using TestStore test = await TestStore.StartAsync();
        await using TestRegistry storage = await TestRegistry.StartAsync();
        TestImage image = test.Registry.Add("app", "latest", new TestImage().With(File("a")));
        storage.Put("/elsewhere", "application/octet-stream", image.Layers[0].Blob);
        string? seen = null;
        storage.Intercept = context =>
        {
            seen = context.Request.Headers.Authorization.ToString();
            return Task.FromResult(false);
        };
        test.Registry.Intercept = async context =>
        {
            if (await Demand(context, MyHeader, "Basic realm=\"r\""))
            {
                return true;
            }

            bool isLayer = context.Request.Path == $"/v2/app/blobs/{Digest.Of(image.Layers[0].Blob)}";
            if (isLayer)
            {
                context.Response.Redirect(new Uri(storage.Address, "/elsewhere").ToString());
            }

            return isLayer;
        };

        await test.PullAsync("app", Me);

        Assert.Equal("", seen);
    }

    private static Task<bool> Demand(HttpContext context, string header, string challenge)
    {
        bool refuse = context.Request.Headers.Authorization != header;
        if (refuse)
        {
            context.Response.StatusCode = 401;
            context.Response.Headers.WWWAuthenticate = challenge;
        }

        return Task.FromResult(refuse);
    }

    private static void ServeTokens(TestRegistry registry, List<string> requests) => registry.Intercept = async context =>
    {
        if (context.Request.Path == "/token")
        {
            requests.Add($"{context.Request.QueryString} {context.Request.Headers.Authorization}");
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes("""{"token":"t0ken","expires_in":300}"""));
            return true;
        }

        return await Demand(
            context, "Bearer t0ken", $"Bearer realm=\"{registry.Address}token\",service=\"test\",scope=\"repository:app:pull\"");
    };
}
