using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Nacelle.Runtime.Images.Layers;

/// <summary>One layer of an image that is to be there.</summary>
/// <param name="ChainId">Names the layer together with all below it: what "implied" parent directories look like depends on those.</param>
/// <param name="DiffId">What its unpacked tar stream hashes to.</param>
/// <param name="Blob">What the registry calls its compressed form.</param>
/// <param name="BlobSize">Bytes of the compressed form.</param>
internal sealed record LayerPlan(Digest ChainId, Digest DiffId, Digest Blob, long BlobSize)
{
    /// <summary>Chain ids by the OCI image specification: the first is the diff id, each further one the hash of the one before and its own.</summary>
    public static ImmutableArray<Digest> ChainIds(IEnumerable<Digest> diffIds)
    {
        ImmutableArray<Digest>.Builder chain = ImmutableArray.CreateBuilder<Digest>();
        foreach (Digest diffId in diffIds)
        {
            chain.Add(chain.Count == 0 ? diffId : Digest.FromSha256(SHA256.HashData(Encoding.ASCII.GetBytes($"{chain[^1]} {diffId}"))));
        }

        return chain.ToImmutable();
    }
}
