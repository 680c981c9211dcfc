namespace Nacelle.ApiServer.Patching;

/// <summary>A patch that cannot be applied; <see cref="ObjectPatch"/> gives it the status that its kind has.</summary>
internal sealed class PatchException(string message, bool malformed = false) : Exception(message)
{
    /// <summary>Whether the patch itself is at fault, whatever it is applied to.</summary>
    public bool Malformed { get; } = malformed;
}
