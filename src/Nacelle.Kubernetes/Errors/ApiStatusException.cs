namespace Nacelle.Kubernetes.Errors;

/// <summary>
/// An answer that is an error of the API: thrown anywhere, translated to a <c>Status</c> document at the HTTP border only.
/// The factory methods give code, reason and text as the reference server words them (apimachinery <c>api/errors</c>).
/// </summary>
public sealed class ApiStatusException(ApiStatus status) : Exception(status.Message)
{
    public ApiStatus Status { get; } = status;

    public static ApiStatusException NotFound(string group, string resource, string name) =>
        About(404, StatusReason.NotFound, group, resource, name, $"{Qualified(resource, group)} {GoText.Quote(name)} not found");

    public static ApiStatusException AlreadyExists(string group, string resource, string name) =>
        About(409, StatusReason.AlreadyExists, group, resource, name, $"{Qualified(resource, group)} {GoText.Quote(name)} already exists");

    /// <summary>A name made from <c>generateName</c> was taken every time.</summary>
    public static ApiStatusException GenerateNameConflict(string group, string resource, string name, int retryAfterSeconds) =>
        About(409, StatusReason.AlreadyExists, group, resource, name,
            $"{Qualified(resource, group)} {GoText.Quote(name)} already exists, the server was not able to generate a unique name for the object",
            retryAfterSeconds);

    public static ApiStatusException Conflict(string group, string resource, string name, string reason) =>
        About(409, StatusReason.Conflict, group, resource, name,
            $"Operation cannot be fulfilled on {Qualified(resource, group)} {GoText.Quote(name)}: {reason}");

    /// <summary>An update with an old resourceVersion.</summary>
    public static ApiStatusException StaleUpdate(string group, string resource, string name) => Conflict(group, resource, name,
        "the object has been modified; please apply your changes to the latest version and try again");

    /// <summary>Server-side apply met fields that others own.</summary>
    public static ApiStatusException ApplyConflict(IReadOnlyList<StatusCause> causes, string message) => new(new ApiStatus
    {
        Code = 409,
        Reason = StatusReason.Conflict,
        Message = message,
        Details = new StatusDetails { Causes = causes },
    });

    public static ApiStatusException Forbidden(string group, string resource, string name, string reason)
    {
        string message = resource.Length == 0 ? "forbidden: " + reason
            : name.Length == 0 ? $"{Qualified(resource, group)} is forbidden: {reason}"
            : $"{Qualified(resource, group)} {GoText.Quote(name)} is forbidden: {reason}";
        return About(403, StatusReason.Forbidden, group, resource, name, message);
    }

    /// <summary>Refused by validation: one cause an error, the message lists each distinct error once.</summary>
    public static ApiStatusException Invalid(string group, string kind, string name, IReadOnlyList<FieldError> errors)
    {
        string[] messages = [.. errors.Select(error => error.Message).Distinct()];
        string subject = $"{Qualified(kind, group)} {GoText.Quote(name)} is invalid";
        return new(new ApiStatus
        {
            Code = 422,
            Reason = StatusReason.Invalid,
            Message = messages.Length switch
            {
                0 => subject,
                1 => subject + ": " + messages[0],
                _ => subject + ": [" + string.Join(", ", messages) + "]",
            },
            Details = new StatusDetails
            {
                Group = group,
                Kind = kind,
                Name = name,
                Causes = [.. errors.Select(error => new StatusCause(error.Type.ToString(), error.Body, error.Field))],
            },
        });
    }

    public static ApiStatusException BadRequest(string message) => Plain(400, StatusReason.BadRequest, message);

    public static ApiStatusException Unauthorized(string message = "Unauthorized") => Plain(401, StatusReason.Unauthorized, message);

    /// <summary>No resource, version or path of that name.</summary>
    public static ApiStatusException UnknownPath() => new(new ApiStatus
    {
        Code = 404,
        Reason = StatusReason.NotFound,
        Message = "the server could not find the requested resource",
        Details = new StatusDetails(),
    });

    /// <summary>The resource exists, the verb does not.</summary>
    public static ApiStatusException MethodNotAllowed() => new(new ApiStatus
    {
        Code = 405,
        Reason = StatusReason.MethodNotAllowed,
        Message = "the server does not allow this method on the requested resource",
        Details = new StatusDetails(),
    });

    public static ApiStatusException MethodNotSupported(string group, string resource, string action) =>
        About(405, StatusReason.MethodNotAllowed, group, resource, "",
            $"{action} is not supported on resources of kind {GoText.Quote(Qualified(resource, group))}");

    public static ApiStatusException Expired(string message) => Plain(410, StatusReason.Expired, message);

    public static ApiStatusException Gone(string message) => Plain(410, StatusReason.Gone, message);

    public static ApiStatusException NotAcceptable(string message) => Plain(406, StatusReason.NotAcceptable, message);

    public static ApiStatusException UnsupportedMediaType(string message) => Plain(415, StatusReason.UnsupportedMediaType, message);

    public static ApiStatusException RequestEntityTooLarge(string message) =>
        Plain(413, StatusReason.RequestEntityTooLarge, "Request entity too large: " + message);

    /// <summary>A well-formed request whose content cannot be worked with (a patch that does not apply).</summary>
    public static ApiStatusException Unprocessable(string message) => Plain(422, StatusReason.Invalid, message);

    public static ApiStatusException TooManyRequests(string message, int retryAfterSeconds) => new(new ApiStatus
    {
        Code = 429,
        Reason = StatusReason.TooManyRequests,
        Message = message,
        Details = new StatusDetails { RetryAfterSeconds = retryAfterSeconds },
    });

    public static ApiStatusException Timeout(string message, int retryAfterSeconds) => new(new ApiStatus
    {
        Code = 504,
        Reason = StatusReason.Timeout,
        Message = "Timeout: " + message,
        Details = new StatusDetails { RetryAfterSeconds = retryAfterSeconds },
    });

    public static ApiStatusException ServiceUnavailable(string message) => Plain(503, StatusReason.ServiceUnavailable, message);

    public static ApiStatusException InternalError(string message) => new(new ApiStatus
    {
        Code = 500,
        Reason = StatusReason.InternalError,
        Message = "Internal error occurred: " + message,
        Details = new StatusDetails { Causes = [new StatusCause("", message, "")] },
    });

    /// <summary><c>resource.group</c>, or the resource alone in the core group.</summary>
    public static string Qualified(string resource, string group) => group.Length == 0 ? resource : resource + "." + group;

    private static ApiStatusException Plain(int code, string reason, string message) =>
        new(new ApiStatus { Code = code, Reason = reason, Message = message });

    private static ApiStatusException About(
        int code, string reason, string group, string resource, string name, string message, int retryAfterSeconds = 0) => new(new ApiStatus
        {
            Code = code,
            Reason = reason,
            Message = message,
            Details = new StatusDetails { Group = group, Kind = resource, Name = name, RetryAfterSeconds = retryAfterSeconds },
        });
}
