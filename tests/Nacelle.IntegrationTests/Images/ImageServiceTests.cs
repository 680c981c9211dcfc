using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Runtime.V1;
using Xunit;
using static Nacelle.IntegrationTests.Images.TestImage;
using Client = Runtime.V1.ImageService.ImageServiceClient;

namespace Nacelle.IntegrationTests.Images;

/// <summary>CRI's image service as a kubelet calls it: gRPC on a unix socket.</summary>
public sealed class ImageServiceTests
{
    [Fact]
    public async Task PullImage_ThenStatusAndList_TellTheImage()
    {
        await using Server server = await Server.StartAsync();
        TestImage image = server.Test.Registry.Add("app", "v1", new TestImage { Config = """{"User":"1000:50"}""" }.With(File("a", "12345")));
        ImageSpec spec = server.Spec("app:v1");

        PullImageResponse pulled = await server.PullAsync("app:v1");
        Assert.Equal(image.Id.ToString(), pulled.ImageRef);

        foreach (string name in (string[])[spec.Image, pulled.ImageRef, pulled.ImageRef["sha256:".Length..]])
        {
            Image status = (await server.StatusAsync(name)).Image;
            Assert.Equal((image.Id.ToString(), 1000L, ""), (status.Id, status.Uid.Value, status.Username));
            Assert.Equal([spec.Image], status.RepoTags);
        }

        ListImagesResponse list = await server.ListAsync(null);
        Assert.Equal(image.Id.ToString(), Assert.Single(list.Images).Id);
        Assert.Empty((await server.ListAsync("other")).Images);
        ImageFsInfoResponse usage = await server.Client.ImageFsInfoAsync(new ImageFsInfoRequest(), cancellationToken: Server.Token);
        Assert.Equal((5ul, server.Test.Root), (Assert.Single(usage.ImageFilesystems).UsedBytes.Value, usage.ImageFilesystems[0].FsId.Mountpoint));
    }

    [Theory]
    [InlineData("nginx", "nginx", null)]
    [InlineData("", "", null)]
    [InlineData("0:0", "", 0L)]
    public async Task ImageStatus_User_IsUidOrName(string user, string name, long? uid)
    {
        await using Server server = await Server.StartAsync();
        server.Test.Registry.Add("app", "latest", new TestImage { Config = $$"""{"User":"{{user}}"}""" }.With(File("a")));
        await server.PullAsync("app");

        ImageStatusResponse status = await server.StatusAsync(server.Spec("app").Image, verbose: true);

        Assert.Equal((name, uid), (status.Image.Username, status.Image.Uid?.Value));
        Assert.Contains($"\"User\":\"{user}\"", status.Info["info"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task ImageStatus_UnknownImage_IsAnEmptyAnswer()
    {
        await using Server server = await Server.StartAsync();

        Assert.Null((await server.StatusAsync(server.Spec("nope").Image)).Image);
        await server.RemoveAsync("nope");
    }

    [Fact]
    public async Task RemoveImage_Twice_SucceedsAndTheImageIsGone()
    {
        await using Server server = await Server.StartAsync();
        server.Test.Registry.Add("app", "latest", new TestImage().With(File("a")));
        await server.PullAsync("app");

        await server.RemoveAsync("app");
        await server.RemoveAsync("app");

        Assert.Empty((await server.ListAsync(null)).Images);
        server.Test.AssertEmpty();
    }

    [Fact]
    public async Task PullImage_Credentials_AreUsedAndTheirAbsenceIsDenied()
    {
        await using Server server = await Server.StartAsync();
        server.Test.Registry.Add("app", "latest", new TestImage().With(File("a")));
        server.Test.Registry.Intercept = context =>
        {
            bool refuse = context.Request.Headers.Authorization != "Basic " + Convert.ToBase64String("me:secret"u8);
            context.Response.StatusCode = refuse ? 401 : 200;
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"r\"";
            return Task.FromResult(refuse);
        };

        RpcException denied = await Assert.ThrowsAsync<RpcException>(() => server.PullAsync("app"));
        Assert.Equal(StatusCode.PermissionDenied, denied.StatusCode);
        AuthConfig auth = new() { Auth = Convert.ToBase64String("me:secret"u8), ServerAddress = server.Test.Registry.Domain };
        Assert.NotEmpty((await server.PullAsync("app", auth)).ImageRef);
    }

    [Theory]
    [InlineData("nope", StatusCode.NotFound, "failed to pull and unpack image \"{0}/nope:latest\": failed to resolve reference \"{0}/nope:latest\": {0}/nope:latest: not found")]
    [InlineData("Nope", StatusCode.InvalidArgument, "failed to parse image reference \"{0}/Nope\": invalid reference format: repository name must be lowercase")]
    public async Task PullImage_Failure_HasCodeAndText(string name, StatusCode code, string text)
    {
        await using Server server = await Server.StartAsync();

        RpcException failure = await Assert.ThrowsAsync<RpcException>(() => server.PullAsync(name));

        Assert.Equal(code, failure.StatusCode);
        Assert.Equal(text.Replace("{0}", server.Test.Registry.Domain, StringComparison.Ordinal), failure.Status.Detail);
    }

    private sealed class Server : IAsyncDisposable
    {
        private readonly WebApplication app;
        private readonly GrpcChannel channel;

        private Server(TestStore test, WebApplication app, string socket)
        {
            Test = test;
            this.app = app;
            channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions
            {
                HttpHandler = new SocketsHttpHandler
                {
                    ConnectCallback = async (_, token) =>
                    {
                        Socket connection = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                        await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), token);
                        return new NetworkStream(connection, ownsSocket: true);
                    },
                },
            });
            Client = new Client(channel);
        }

        public TestStore Test { get; }

        public Client Client { get; }

        public static async Task<Server> StartAsync()
        {
            TestStore test = await TestStore.StartAsync();
            string socket = Path.Combine(Path.GetDirectoryName(test.Root)!, "cri.sock");
            WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseKestrel(kestrel => kestrel.ListenUnixSocket(socket, listen => listen.Protocols = HttpProtocols.Http2));
            builder.Services.AddGrpc();
            builder.Services.AddSingleton(new Nacelle.Runtime.ImageService(test.Store, TimeProvider.System));
            WebApplication app = builder.Build();
            app.MapGrpcService<Nacelle.Runtime.ImageService>();
            await app.StartAsync();
            return new Server(test, app, socket);
        }

        public static CancellationToken Token => TestContext.Current.CancellationToken;

        public async Task<PullImageResponse> PullAsync(string name, AuthConfig? auth = null) =>
            await Client.PullImageAsync(new PullImageRequest { Image = Spec(name), Auth = auth }, cancellationToken: Token);

        public async Task<ImageStatusResponse> StatusAsync(string nameOrId, bool verbose = false) => await Client.ImageStatusAsync(
            new ImageStatusRequest { Image = new ImageSpec { Image = nameOrId }, Verbose = verbose }, cancellationToken: Token);

        /// <summary>The list as one answer and as a stream, which must be the same.</summary>
        public async Task<ListImagesResponse> ListAsync(string? name)
        {
            ImageFilter? filter = name is null ? null : new ImageFilter { Image = Spec(name) };
            ListImagesResponse list = await Client.ListImagesAsync(new ListImagesRequest { Filter = filter }, cancellationToken: Token);
            List<Image> streamed = [];
            using AsyncServerStreamingCall<StreamImagesResponse> call = Client.StreamImages(new StreamImagesRequest { Filter = filter }, cancellationToken: Token);
            await foreach (StreamImagesResponse part in call.ResponseStream.ReadAllAsync(Token))
            {
                streamed.AddRange(part.Images);
            }

            Assert.Equal(list.Images, streamed);
            return list;
        }

        public async Task RemoveAsync(string name) =>
            await Client.RemoveImageAsync(new RemoveImageRequest { Image = Spec(name) }, cancellationToken: Token);

        public ImageSpec Spec(string name) => new() { Image = $"{Test.Registry.Domain}/{name}" };

        public async ValueTask DisposeAsync()
        {
            channel.Dispose();
            await app.DisposeAsync();
            await Test.DisposeAsync();
        }
    }
}
