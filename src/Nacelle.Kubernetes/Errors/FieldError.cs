using System.Globalization;
using System.Text.Json.Nodes;

namespace Nacelle.Kubernetes.Errors;

/// <summary>
/// One reason why an object is refused, with the field at fault. <see cref="Body"/> and <see cref="Message"/> read as the
/// causes of the API's <c>Status</c> do.
/// </summary>
/// <param name="Type">The kind of fault; its name is the cause's <c>reason</c>.</param>
/// <param name="Field">The path of the field.</param>
/// <param name="BadValue">The value at fault as the message shows it (strings already quoted), or null when it is not shown.</param>
/// <param name="Detail">What is wrong with it; may be empty.</param>
public sealed record FieldError(FieldErrorType Type, string Field, string? BadValue, string Detail)
{
    /// <summary>The message without the field: <c>Invalid value: "x": must be …</c>.</summary>
    public string Body
    {
        get
        {
            string text = TypeText(Type);
            if (BadValue is not null)
            {
                text += ": " + BadValue;
            }

            return Detail.Length == 0 ? text : text + ": " + Detail;
        }
    }

    /// <summary>The field and the fault: <c>spec.containers[0].name: Required value</c>.</summary>
    public string Message => Field + ": " + Body;

    public static FieldError Required(FieldPath field, string detail = "") =>
        new(FieldErrorType.FieldValueRequired, field.ToString(), null, detail);

    public static FieldError Forbidden(FieldPath field, string detail) =>
        new(FieldErrorType.FieldValueForbidden, field.ToString(), null, detail);

    /// <param name="value">A string, a boolean, a number, a JSON node, or null; see <see cref="Show"/>.</param>
    public static FieldError Invalid(FieldPath field, object? value, string detail) =>
        new(FieldErrorType.FieldValueInvalid, field.ToString(), Show(value), detail);

    /// <summary>Like <see cref="Invalid"/>, with the value already rendered.</summary>
    public static FieldError InvalidText(FieldPath field, string rendered, string detail) =>
        new(FieldErrorType.FieldValueInvalid, field.ToString(), rendered, detail);

    public static FieldError TypeInvalid(FieldPath field, object? value, string detail) =>
        new(FieldErrorType.FieldValueTypeInvalid, field.ToString(), Show(value), detail);

    public static FieldError NotFound(FieldPath field, object? value) =>
        new(FieldErrorType.FieldValueNotFound, field.ToString(), Show(value), "");

    public static FieldError Duplicate(FieldPath field, object? value) =>
        new(FieldErrorType.FieldValueDuplicate, field.ToString(), Show(value), "");

    public static FieldError NotSupported(FieldPath field, object? value, params IEnumerable<string> supported)
    {
        string list = string.Join(", ", supported.Select(GoText.Quote));
        return new(FieldErrorType.FieldValueNotSupported, field.ToString(), Show(value), list.Length == 0 ? "" : "supported values: " + list);
    }

    /// <param name="maximum">The limit in bytes of UTF-8.</param>
    public static FieldError TooLong(FieldPath field, int maximum) =>
        new(FieldErrorType.FieldValueTooLong, field.ToString(), null,
            string.Create(CultureInfo.InvariantCulture, $"may not be more than {maximum} {(maximum == 1 ? "byte" : "bytes")}"));

    public static FieldError TooMany(FieldPath field, int actual, int maximum) =>
        new(FieldErrorType.FieldValueTooMany, field.ToString(), actual.ToString(CultureInfo.InvariantCulture),
            string.Create(CultureInfo.InvariantCulture, $"must have at most {maximum} {(maximum == 1 ? "item" : "items")}"));

    public static FieldError Internal(FieldPath field, string detail) =>
        new(FieldErrorType.InternalError, field.ToString(), null, detail);

    /// <summary>Strings quoted, numbers and booleans bare, JSON nodes as compact JSON, null as <c>null</c>.</summary>
    public static string Show(object? value) => value switch
    {
        null => "null",
        string text => GoText.Quote(text),
        bool flag => flag ? "true" : "false",
        JsonValue node when node.GetValueKind() == System.Text.Json.JsonValueKind.String => GoText.Quote(node.GetValue<string>()),
        JsonNode node => node.ToJsonString(JsonText.Compact),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "null",
    };

    private static string TypeText(FieldErrorType type) => type switch
    {
        FieldErrorType.FieldValueNotFound => "Not found",
        FieldErrorType.FieldValueRequired => "Required value",
        FieldErrorType.FieldValueDuplicate => "Duplicate value",
        FieldErrorType.FieldValueNotSupported => "Unsupported value",
        FieldErrorType.FieldValueForbidden => "Forbidden",
        FieldErrorType.FieldValueTooLong => "Too long",
        FieldErrorType.FieldValueTooMany => "Too many",
        FieldErrorType.FieldValueTooFew => "Too few",
        FieldErrorType.FieldValueTooShort => "Too short",
        FieldErrorType.InternalError => "Internal error",
        _ => "Invalid value",
    };
}
