namespace Nacelle.UnitTests.Runtime.Streaming;

/// <summary>What real kubectl sent after 101 Switching Protocols, recorded on a socket that answered each SYN_STREAM.</summary>
internal static class RecordedFrames
{
    /// <summary>kubectl 1.29.14 (1.27.16 sends the same): echo hello | kubectl exec -i web -c main -- sort.</summary>
    public static readonly byte[] Exec = Convert.FromHexString(
        "80030001000000290000000100000000000078f9e3c6a7c26260606004a7b392a2d4c45c6851c29a0a0a6800000000ff" +
        "ff800300010000001700000003000000000000c22e555c92929907000000ffff80030001000000190000000500000000" +
        "0000c22ac5565c92925f5a02000000ffff800300010000001500000007000000000000c229975a5404000000ffff0000" +
        "00030000000668656c6c6f0a0000000301000000");

    /// <summary>kubectl 1.30.13: port-forward pod/web :80, and one connection that sends "GET / HTTP/1.0".</summary>
    public static readonly byte[] PortForward = Convert.FromHexString(
        "800300010000003d0000000100000000000078f9e3c6a7c202253a060606ce2248fc6482d22da30138e59514a526e642" +
        "0b17d65450d0430aea2250a266b23000000000ffff0000000101000000800300010000001a0000000300000000000082" +
        "6a4515216410a8944a04000000ffff0000000300000012474554202f20485454502f312e300d0a0d0a");
}
