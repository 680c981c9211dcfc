namespace Nacelle.Kubernetes.Errors;

/// <summary>The reasons a field can be refused for, named as <c>StatusCause.reason</c> of the API spells them.</summary>
public enum FieldErrorType
{
    FieldValueNotFound,
    FieldValueRequired,
    FieldValueDuplicate,
    FieldValueInvalid,
    FieldValueNotSupported,
    FieldValueForbidden,
    FieldValueTooLong,
    FieldValueTooMany,
    FieldValueTooFew,
    FieldValueTooShort,
    FieldValueTypeInvalid,
    InternalError,
}
