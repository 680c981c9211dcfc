using System.Text.Json.Serialization;

namespace Nacelle.Runtime.Images.Oci;

/// <summary>What a token server answers (distribution specification, token authentication).</summary>
internal sealed record TokenAnswer
{
    public string? Token { get; init; }

    [JsonPropertyName("access_token")]
    public string? AccessToken { get; init; }

    /// <summary>Seconds; absent means 60.</summary>
    [JsonPropertyName("expires_in")]
    public int? ExpiresIn { get; init; }
}
