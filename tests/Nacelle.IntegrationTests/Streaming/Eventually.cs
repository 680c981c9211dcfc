using System.Diagnostics;

namespace Nacelle.IntegrationTests.Streaming;

internal static class Eventually
{
    /// <summary>Waits for a condition up to 20 s.</summary>
    public static async Task HoldsAsync(Func<bool> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > TimeSpan.FromSeconds(20))
            {
                throw new TimeoutException($"not within 20 s: {what}");
            }

            await Task.Delay(10);
        }
    }
}
