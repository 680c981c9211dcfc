namespace Nacelle.Runtime;

/// <summary>The runtime can't start for a reason that whoever started it can mend; the message is one line that says so.</summary>
public sealed class RuntimeStartException : Exception
{
    public RuntimeStartException()
    {
    }

    public RuntimeStartException(string message)
        : base(message)
    {
    }

    public RuntimeStartException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
