using System.Globalization;
using System.Text.Json.Nodes;
using Nacelle.Kubernetes;
using Nacelle.Kubernetes.Decoding;
using Nacelle.Kubernetes.Errors;
using Nacelle.Kubernetes.Schema;

namespace Nacelle.ApiServer.Patching;

/// <summary>Applies a patch to an object and decodes the outcome as strictly as a body.</summary>
public static class ObjectPatch
{
    private const int MaximumOperations = 10_000;

    /// <summary>The object after the patch, in its normal form, without defaults for what the patch brought.</summary>
    /// <param name="patch">The body of the request.</param>
    /// <param name="current">The object as it is; not changed.</param>
    /// <param name="schema">Its kind.</param>
    /// <param name="validation">What to do about unknown and duplicate fields.</param>
    /// <param name="warnings">Receives what <see cref="FieldValidation.Warn"/> has to say.</param>
    /// <exception cref="ApiStatusException">The patch is malformed, does not apply, or makes something that is not of the kind.</exception>
    public static JsonObject Apply(
        PatchKind kind, ReadOnlySpan<byte> patch, JsonObject current, ObjectSchema schema, FieldValidation validation,
        ICollection<string> warnings)
    {
        List<string> strictErrors = [];
        JsonNode? parsed = Parse(kind, patch, strictErrors);
        try
        {
            JsonNode? patched = kind switch
            {
                PatchKind.Json => JsonPatch.Apply(current.DeepClone(), (JsonArray)parsed!),
                PatchKind.Merge => Merged(current, (JsonObject)parsed!),
                _ => StrategicMergePatch.Merge((JsonObject)current.DeepClone(), (JsonObject)parsed!.DeepClone(), schema.Type),
            };
            JsonNode shown = kind == PatchKind.Strategic ? parsed! : patched ?? new JsonObject();
            string text = kind == PatchKind.Strategic ? GoPrint.Show(shown) : shown.ToJsonString(JsonText.Compact);
            return Decode(patched, kind, schema, validation, strictErrors, warnings, text);
        }
        catch (PatchException fault) when (fault.Malformed)
        {
            throw ApiStatusException.BadRequest(fault.Message);
        }
        catch (PatchException fault) when (kind == PatchKind.Strategic)
        {
            throw new ApiStatusException(new ApiStatus { Code = 500, Message = fault.Message });
        }
        catch (PatchException)
        {
            throw new ApiStatusException(new ApiStatus
            {
                Code = 422,
                Reason = StatusReason.Invalid,
                Message = "the server rejected our request due to an error in our request",
                Details = new StatusDetails(),
            });
        }
    }

    private static JsonObject Merged(JsonObject current, JsonObject patch)
    {
        var document = (JsonObject)current.DeepClone();
        MergePatch.Apply(document, patch);
        return document;
    }

    private static JsonNode? Parse(PatchKind kind, ReadOnlySpan<byte> patch, List<string> strictErrors)
    {
        string prefix = kind == PatchKind.Strategic ? "" : "error decoding patch: ";
        JsonNode? parsed;
        try
        {
            parsed = LooseJson.Parse(patch, strictErrors);
        }
        catch (DecodingException fault)
        {
            throw ApiStatusException.BadRequest(prefix + fault.Message);
        }

        bool fits = kind == PatchKind.Json ? parsed is JsonArray : parsed is JsonObject;
        if (parsed is null)
        {
            return kind switch
            {
                PatchKind.Json => new JsonArray(),
                PatchKind.Strategic => new JsonObject(),
                _ => throw ApiStatusException.BadRequest("Invalid JSON Patch"),
            };
        }

        if (!fits)
        {
            string goType = kind == PatchKind.Json ? "[]handlers.jsonPatchOp" : "map[string]interface {}";
            throw ApiStatusException.BadRequest($"{prefix}json: cannot unmarshal {LooseJson.KindOf(parsed)} into Go value of type {goType}");
        }

        if (parsed is JsonArray { Count: > MaximumOperations } operations)
        {
            throw ApiStatusException.RequestEntityTooLarge(string.Create(CultureInfo.InvariantCulture,
                $"The allowed maximum operations in a JSON patch is {MaximumOperations}, got {operations.Count}"));
        }

        return parsed;
    }

    private static JsonObject Decode(
        JsonNode? patched, PatchKind kind, ObjectSchema schema, FieldValidation validation, List<string> strictErrors,
        ICollection<string> warnings, string shown)
    {
        DecodedDocument decoded;
        try
        {
            RequestBody.CheckKind(patched as JsonObject, schema);
            decoded = kind == PatchKind.Strategic
                ? ObjectDecoder.Convert((JsonObject)patched!, schema.Type)
                : ObjectDecoder.Decode(patched is null ? "null"u8 : ObjectDecoder.ToUtf8(patched), schema.Type);
        }
        catch (DecodingException fault)
        {
            throw Unacceptable(shown, fault.Message);
        }

        strictErrors.AddRange(decoded.StrictErrors);
        if (strictErrors.Count > 0 && validation == FieldValidation.Strict)
        {
            throw Unacceptable(shown, "strict decoding error: " + string.Join(", ", strictErrors));
        }

        if (validation == FieldValidation.Warn)
        {
            foreach (string error in strictErrors)
            {
                warnings.Add(error);
            }
        }

        decoded.Document["kind"] = schema.Kind;
        decoded.Document["apiVersion"] = schema.ApiVersion;
        return decoded.Document;
    }

    private static ApiStatusException Unacceptable(string shown, string reason) =>
        ApiStatusException.Invalid("", "", "", [FieldError.Invalid("patch", shown, reason)]);
}
