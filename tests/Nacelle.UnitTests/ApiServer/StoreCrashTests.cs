using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using Nacelle.ApiServer.Storage;
using Xunit;

namespace Nacelle.UnitTests.ApiServer;

/// <summary>Kills a process in the middle of its writes: what it was told is written must be there.</summary>
public sealed class StoreCrashTests
{
    private const string DirectoryVariable = "NACELLE_TEST_STORE_WRITER";

    [Fact]
    public async Task WriteAsync_ProcessKilled_AcknowledgedWritesAreThere()
    {
        string directory = Directory.CreateTempSubdirectory("nacelle-crash-").FullName;
        try
        {
            long last = await KillInTheMiddleAsync(directory, acknowledgements: 200);
            await using ObjectStore store = ObjectStore.Open(new StoreOptions { Directory = directory }, NullLoggerFactory.Instance);
            HashSet<string> keys = [.. store.List(StoreFixture.Kind, KeyRange.All).Items.Select(i => i.Key)];
            for (long i = 0; i <= last; i++)
            {
                Assert.Contains($"ns/{i}", keys);
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>The other process: writes one key after the other and says which are acknowledged, until it is killed.</summary>
    [ModuleInitializer]
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA2255", Justification = "the test program plays two parts")]
    internal static void WriteForEver()
    {
        if (Environment.GetEnvironmentVariable(DirectoryVariable) is not { } directory)
        {
            return;
        }

        ObjectStore store = ObjectStore.Open(new StoreOptions { Directory = directory }, NullLoggerFactory.Instance);
        for (long i = 0; ; i++)
        {
            string key = string.Create(CultureInfo.InvariantCulture, $"ns/{i}");
            store.WriteAsync(new StoreWrite { Kind = StoreFixture.Kind, Key = key, Json = StoreFixture.Json(key, "x") }, CancellationToken.None)
                .GetAwaiter().GetResult();
            Console.WriteLine(i.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static async Task<long> KillInTheMiddleAsync(string directory, int acknowledgements)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(StoreCrashTests).Assembly.Location]) { RedirectStandardOutput = true };
        start.Environment[DirectoryVariable] = directory;
        using Process writer = Process.Start(start)!;
        long last = -1;
        using (var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken))
        {
            deadline.CancelAfter(TimeSpan.FromSeconds(60));
            for (int i = 0; i < acknowledgements; i++)
            {
                string line = await writer.StandardOutput.ReadLineAsync(deadline.Token) ?? throw new InvalidOperationException("the writer ended by itself");
                last = long.Parse(line, CultureInfo.InvariantCulture);
            }
        }

        writer.Kill();
        // What it said before it died counts, too.
        while (await writer.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            last = long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out long more) ? Math.Max(last, more) : last;
        }

        await writer.WaitForExitAsync(TestContext.Current.CancellationToken);
        return last;
    }
}
