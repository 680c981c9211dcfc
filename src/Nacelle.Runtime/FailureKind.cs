namespace Nacelle.Runtime;

/// <summary>Why a call failed, in the terms that a CRI client tells apart (gRPC status codes).</summary>
public enum FailureKind
{
    /// <summary>Something went wrong that the client can't help.</summary>
    Unknown = 0,

    /// <summary>No sandbox, container or image of that id.</summary>
    NotFound,

    /// <summary>The request contradicts itself, or asks for something that this runtime does not do.</summary>
    InvalidArgument,

    /// <summary>The object is not in the state that the call needs.</summary>
    FailedPrecondition,

    /// <summary>A limit in time was reached.</summary>
    DeadlineExceeded,

    /// <summary>The call is not built.</summary>
    Unimplemented,
}
