namespace Nacelle.Kubelet.InspectApi;

/// <summary>What is asked of a file.</summary>
internal enum FilesOperation
{
    /// <summary>What it is.</summary>
    Stat,

    /// <summary>The entries of a directory.</summary>
    List,

    /// <summary>Its content.</summary>
    Read,
}
