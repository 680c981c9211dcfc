namespace Nacelle.Kubernetes.Exposure;

/// <summary>Says a fault of the decoder, which speaks as the API does, in the words of a manifest: field, what it is, what it should be.</summary>
internal static class TypeFaults
{
    private const string Found = "json: cannot unmarshal ";
    private const string Field = " into Go struct field ";
    private const string Type = " of type ";

    /// <param name="message">Of a <see cref="Decoding.DecodingException"/>.</param>
    /// <param name="path">Where the decoded part stands in the document; may be empty.</param>
    public static string Word(string message, string path)
    {
        int field = message.IndexOf(Field, StringComparison.Ordinal);
        int type = message.LastIndexOf(Type, StringComparison.Ordinal);
        if (!message.StartsWith(Found, StringComparison.Ordinal) || field < 0 || type < field)
        {
            return path.Length == 0 ? message : $"{path}: {message}";
        }

        // The first word of the field is the name of the Go structure.
        string place = message[(field + Field.Length)..type];
        place = place[(place.IndexOf('.', StringComparison.Ordinal) + 1)..];
        return $"{(path.Length == 0 ? "" : path + ".")}{place}: {message[Found.Length..field]} where {message[(type + Type.Length)..]} is expected";
    }
}
