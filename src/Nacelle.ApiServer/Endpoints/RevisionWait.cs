using System.Globalization;
using Nacelle.Kubernetes.Errors;

namespace Nacelle.ApiServer.Endpoints;

/// <summary>Reads "not older than" a revision wait for it a little: the write may be on its way to the disk.</summary>
internal static class RevisionWait
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <exception cref="ApiStatusException">504: the store did not get there.</exception>
    public static async Task UntilAsync(ApiRequest request, ulong revision)
    {
        TimeProvider clock = request.Services.Clock;
        long started = clock.GetTimestamp();
        while ((ulong)request.Services.Store.Revision < revision)
        {
            if (clock.GetElapsedTime(started) > Patience)
            {
                throw TooLarge(revision, request.Services.Store.Revision);
            }

            await Task.Delay(Interval, clock, request.Aborted).ConfigureAwait(false);
        }
    }

    private static ApiStatusException TooLarge(ulong asked, long current)
    {
        ApiStatus status = ApiStatusException.Timeout(
            string.Create(CultureInfo.InvariantCulture, $"Too large resource version: {asked}, current: {current}"), retryAfterSeconds: 1).Status;
        return new ApiStatusException(status with
        {
            Details = status.Details! with { Causes = [new StatusCause("ResourceVersionTooLarge", "Too large resource version", "")] },
        });
    }
}
