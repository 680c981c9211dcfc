using System.Buffers.Text;
using System.Security.Cryptography;

namespace Nacelle.Runtime.Streaming;

/// <summary>
/// The requests that wait for their client, each under a random token (128 bits) that is good for one use and a limited time.
/// </summary>
internal sealed class StreamTokens(StreamingOptions options, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, (object Request, long Expires)> waiting = [];

    /// <summary>Throws <see cref="StreamingBusyException"/> when too many wait already.</summary>
    public string Add(object request)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
        var now = time.GetTimestamp();
        lock (gate)
        {
            if (waiting.Count >= options.MaximumTokens)
            {
                foreach (var (expired, _) in waiting.Where(entry => entry.Value.Expires <= now).ToList())
                {
                    waiting.Remove(expired);
                }
            }

            if (waiting.Count >= options.MaximumTokens)
            {
                throw new StreamingBusyException();
            }

            waiting[token] = (request, now + (long)(options.TokenLifetime.TotalSeconds * time.TimestampFrequency));
        }

        return token;
    }

    /// <summary>Null when the token is unknown, used, expired, or for another kind of request.</summary>
    public T? Take<T>(string token)
        where T : class
    {
        lock (gate)
        {
            return waiting.TryGetValue(token, out var entry) && entry.Request is T request && waiting.Remove(token)
                && entry.Expires > time.GetTimestamp()
                    ? request
                    : null;
        }
    }
}
