using Microsoft.AspNetCore.Http;

namespace Nacelle.Kubelet.NodeApi;

/// <summary>Which streams a client asks for, in the node API's words (input, output, error, tty, each "1").</summary>
internal sealed record StreamingFlags(bool Stdin, bool Stdout, bool Stderr, bool Tty)
{
    /// <summary>Null when none is asked for. A terminal has one output, so stderr is left out with it.</summary>
    public static StreamingFlags? Read(IQueryCollection query)
    {
        var tty = query["tty"] == "1";
        var options = new StreamingFlags(query["input"] == "1", query["output"] == "1", query["error"] == "1" && !tty, tty);
        return options is { Stdin: false, Stdout: false, Stderr: false } ? null : options;
    }
}
