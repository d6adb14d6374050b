using System.Globalization;
using System.Text.Json.Nodes;

namespace GeminiChat.Fakes;

/// <summary>A file that was uploaded whole.</summary>
public sealed record FakeFile
{
    /// <summary>How long a file is kept.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(48);

    /// <summary>The name, <c>files/</c> with an id.</summary>
    public required string Name { get; init; }

    /// <summary>The address to give to the model.</summary>
    public required string Uri { get; init; }

    /// <summary>The name for people; null without one.</summary>
    public string? DisplayName { get; init; }

    public required string MimeType { get; init; }

    /// <summary>The bytes that came.</summary>
    public required long Size { get; init; }

    /// <summary>The SHA-256 of the content, in lower-case hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The key that it was uploaded with. To other keys it is unknown.</summary>
    public required string Key { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ExpiresAt => CreatedAt + Lifetime;

    internal string Id => Name["files/".Length..];

    internal JsonObject ToJson(string state)
    {
        var json = new JsonObject
        {
            ["name"] = Name,
            ["mimeType"] = MimeType,
            ["sizeBytes"] = Size.ToString(CultureInfo.InvariantCulture),
            ["createTime"] = Time(CreatedAt),
            ["updateTime"] = Time(CreatedAt),
            ["expirationTime"] = Time(ExpiresAt),
            ["sha256Hash"] = Convert.ToBase64String(Convert.FromHexString(Sha256)),
            ["uri"] = Uri,
            ["state"] = state,
            ["source"] = "UPLOADED",
        };
        if (DisplayName is not null)
        {
            json["displayName"] = DisplayName;
        }

        if (state is "FAILED")
        {
            json["error"] = new JsonObject { ["code"] = 3, ["message"] = "The file could not be processed." };
        }

        return json;
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
