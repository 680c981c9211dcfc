using System.Globalization;

namespace Nacelle.Kubernetes.Errors;

/// <summary>Where a value stands in an object, as messages spell it: <c>spec.containers[0].name</c>, <c>metadata.labels[a.b/c]</c>.</summary>
public readonly record struct FieldPath(string Text)
{
    /// <summary>The object itself; its text is <c>&lt;nil&gt;</c>, as in messages about the whole object.</summary>
    public static FieldPath Root { get; } = new("");

    public FieldPath this[string name] => Child(name);

    public FieldPath this[int index] => Index(index);

    public FieldPath Child(string name) => new(string.IsNullOrEmpty(Text) ? name : Text + "." + name);

    public FieldPath Index(int index) => new(Text + "[" + index.ToString(CultureInfo.InvariantCulture) + "]");

    public FieldPath Key(string key) => new(Text + "[" + key + "]");

    public override string ToString() => string.IsNullOrEmpty(Text) ? "<nil>" : Text;

    public static implicit operator FieldPath(string text) => new(text);

    public static FieldPath FromString(string text) => new(text);
}
