namespace Nacelle.Runtime;

/// <summary>A call's failure, with its kind; becomes a gRPC status at the border (<see cref="ErrorInterceptor"/>).</summary>
public sealed class RuntimeException : Exception
{
    public RuntimeException()
    {
    }

    public RuntimeException(string message)
        : base(message)
    {
    }

    public RuntimeException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public RuntimeException(FailureKind kind, string message, Exception? innerException = null)
        : base(message, innerException) => Kind = kind;

    public FailureKind Kind { get; }

    internal static RuntimeException Invalid(string message) => new(FailureKind.InvalidArgument, message);

    internal static RuntimeException NotFound(string what, string id) => new(FailureKind.NotFound, $"{what} {id} not found");
}
