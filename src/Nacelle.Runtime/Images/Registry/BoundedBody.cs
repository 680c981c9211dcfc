namespace Nacelle.Runtime.Images.Registry;

/// <summary>Reads small answers into memory, however large the other side says or makes them.</summary>
internal static class BoundedBody
{
    /// <exception cref="ImageException">More than <paramref name="limit"/> bytes came.</exception>
    public static async Task<byte[]> ReadAsync(HttpContent content, int limit, string what, CancellationToken cancellationToken)
    {
        await using Stream body = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using MemoryStream buffer = new();
        byte[] chunk = new byte[16 * 1024];
        int count;
        while ((count = await body.ReadAsync(chunk, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (buffer.Length + count > limit)
            {
                throw new ImageException(ImageError.TooLarge, $"{what} is larger than {limit} bytes");
            }

            buffer.Write(chunk, 0, count);
        }

        return buffer.ToArray();
    }
}
