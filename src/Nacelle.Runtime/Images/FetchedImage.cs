namespace Nacelle.Runtime.Images;

/// <summary>An image's documents, verified; its layers may not be there yet.</summary>
/// <param name="Plan">What it consists of.</param>
/// <param name="Manifest">The manifest's bytes.</param>
/// <param name="Config">The configuration's bytes.</param>
internal sealed record FetchedImage(PullPlan Plan, byte[] Manifest, byte[] Config);
