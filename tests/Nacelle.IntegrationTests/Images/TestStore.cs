using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Nacelle.Linux.Files;
using Nacelle.Runtime.Images;
using Nacelle.Runtime.Images.Layers;
using Nacelle.Runtime.Images.Registry;
using Xunit;

namespace Nacelle.IntegrationTests.Images;

/// <summary>An image store in a directory of its own, with a registry that is also docker.io's mirror. Disposing removes both and checks that nothing is left.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("nacelle-images-").FullName;

    private TestStore(TestRegistry registry) => Registry = registry;

    public TestRegistry Registry { get; }

    public ImageStore Store { get; private set; } = null!;

    public string Root => Path.Combine(directory, "images");

    public LayerLimits Limits { get; init; } = new();

    public ImmutableDictionary<string, ImmutableArray<Uri>> Mirrors { get; set; } = ImmutableDictionary<string, ImmutableArray<Uri>>.Empty;

    public static async Task<TestStore> StartAsync(LayerLimits? limits = null)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: layers have owners and devices");
        TestStore test = new(await TestRegistry.StartAsync()) { Limits = limits ?? new LayerLimits() };
        await test.RestartAsync();
        return test;
    }

    /// <summary>What a new process does.</summary>
    public async Task RestartAsync()
    {
        if (Store is not null)
        {
            await Store.DisposeAsync();
        }

        Store = await ImageStore.OpenAsync(
            new ImageStoreOptions
            {
                Directory = Root,
                Limits = Limits,
                Registries = new RegistryOptions { Mirrors = Mirrors, RetryDelay = TimeSpan.FromMilliseconds(1), StallTimeout = TimeSpan.FromSeconds(20) },
            },
            NullLoggerFactory.Instance,
            CancellationToken.None);
    }

    /// <summary>Pulls by the registry's own name.</summary>
    public Task<Image> PullAsync(string name, RegistryCredentials? credentials = null) =>
        Store.PullAsync($"{Registry.Domain}/{name}", credentials, TestContext.Current.CancellationToken);

    public async Task<ImageException> FailAsync(string name, RegistryCredentials? credentials = null) =>
        await Assert.ThrowsAsync<ImageException>(() => PullAsync(name, credentials));

    /// <summary>Asserts that the store holds no image, no layer and nothing unfinished.</summary>
    public void AssertEmpty()
    {
        foreach (string part in (string[])["images", "layers", "tmp"])
        {
            Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Root, part)));
        }
    }

    /// <summary>How many layers are on disk.</summary>
    public int LayerCount => Directory.GetDirectories(Path.Combine(Root, "layers")).Length;

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await Registry.DisposeAsync();
        bool clean = !Directory.EnumerateFileSystemEntries(Path.Combine(Root, "tmp")).Any();
        FileTree.Remove(directory);
        Assert.True(clean, "something unfinished was left in tmp/");
    }
}
