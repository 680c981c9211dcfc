using Nacelle.Linux.Processes;
using CriSignal = Runtime.V1.Signal;

namespace Nacelle.Runtime.Containers;

/// <summary>Which signal stops a container: what CRI asks for, else the image's STOPSIGNAL, else TERM.</summary>
internal static class StopSignals
{
    /// <summary>A STOPSIGNAL that is no signal's name counts as none, as with other runtimes: the image is not the user's fault.</summary>
    public static Signal Resolve(CriSignal requested, string image) =>
        requested != CriSignal.RuntimeDefault && SignalNames.TryParse(Name(requested), out var own) ? own
        : SignalNames.TryParse(image, out var given) ? given
        : Signal.Terminate;

    public static CriSignal ToCri(int number) =>
        Enum.GetValues<CriSignal>().FirstOrDefault(value =>
            value != CriSignal.RuntimeDefault && SignalNames.TryParse(Name(value), out var signal) && (int)signal == number);

    /// <summary>The generated names are <c>Sigterm</c>, <c>Sigrtminplus3</c>, <c>Sigrtmaxminus14</c>.</summary>
    private static string Name(CriSignal signal) => signal.ToString().ToUpperInvariant()
        .Replace("PLUS", "+", StringComparison.Ordinal)
        .Replace("MINUS", "-", StringComparison.Ordinal);
}
