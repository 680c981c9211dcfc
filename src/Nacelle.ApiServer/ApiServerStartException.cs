namespace Nacelle.ApiServer;

/// <summary>The server cannot start for a reason that its user can mend; the message is one line that says it.</summary>
public sealed class ApiServerStartException : Exception
{
    public ApiServerStartException(string message)
        : base(message)
    {
    }

    public ApiServerStartException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
