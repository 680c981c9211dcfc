namespace Nacelle.ApiServer.Storage;

/// <summary>Keys of one kind from <paramref name="From"/> on and before <paramref name="Before"/>, compared by their UTF-8 bytes.</summary>
public readonly record struct KeyRange(string From, string Before)
{
    // No valid key has a byte of this value or above: names are ASCII.
    private const string End = "\u007f";

    /// <summary>Every key.</summary>
    public static KeyRange All { get; } = new("", End);

    /// <summary>The keys of a namespace.</summary>
    public static KeyRange Namespace(string name) => new(name + "/", name + "0"); // '0' follows '/'

    /// <summary>One key.</summary>
    public static KeyRange Of(string key) => new(key, key + "\0");

    /// <summary>Whether the key lies within.</summary>
    public bool Contains(string key) => string.CompareOrdinal(key, From) >= 0 && string.CompareOrdinal(key, Before) < 0;

    /// <summary>The part of this range after a key.</summary>
    public KeyRange After(string key) => this with { From = key + "\0" };
}
