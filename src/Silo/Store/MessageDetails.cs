using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace GeminiChat.Silo.Store;

/// <summary>What a message has beside its text: the JSON of the column <c>details</c>.</summary>
internal sealed record MessageDetails(
    ReplyOptions? Options = null,
    ImmutableArray<ReplyPart> Parts = default,
    ReplyGrounding? Grounding = null,
    ImmutableArray<Attachment> Attachments = default,
    string? PartsModel = null,
    ReplyOptions? RequestedOptions = null)
{
    /// <summary>The column's value; null when there are none.</summary>
    public static string? Of(RoomMessage message) =>
        message is { Options: null, Parts.IsDefault: true, Grounding: null, Attachments.IsDefault: true, RequestedOptions: null }
            ? null
            : JsonSerializer.Serialize(
                new MessageDetails(
                    message.Options, message.Parts, message.Grounding, message.Attachments, message.PartsModel, message.RequestedOptions),
                ColumnJson.Context.MessageDetails);

    /// <summary>The message with what the column has.</summary>
    public static RoomMessage AddTo(RoomMessage message, string? column) =>
        column is not null && JsonSerializer.Deserialize(column, ColumnJson.Context.MessageDetails) is { } details
            ? message with
            {
                Options = details.Options,
                Parts = details.Parts,
                Grounding = details.Grounding,
                Attachments = details.Attachments,
                PartsModel = details.PartsModel,
                RequestedOptions = details.RequestedOptions,
            }
            : message;
}

/// <summary>Reads and writes the JSON in columns of the store. New members are added; none changes its name.</summary>
internal static class ColumnJson
{
    /// <summary>Without the default's escapes for HTML, which this JSON never becomes part of.</summary>
    public static ColumnJsonContext Context { get; } =
        new(new JsonSerializerOptions(ColumnJsonContext.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>The column of a room's options; null for none.</summary>
    public static string? Of(ReplyOptions? options) => options is null ? null : JsonSerializer.Serialize(options, Context.ReplyOptions);

    /// <summary>Reads the column of a room's options.</summary>
    public static ReplyOptions? ReadOptions(string? column) => column is null ? null : JsonSerializer.Deserialize(column, Context.ReplyOptions);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(MessageDetails))]
internal sealed partial class ColumnJsonContext : JsonSerializerContext;
