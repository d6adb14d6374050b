using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json.Nodes;
using GeminiChat.Gateway.AiSdk;
using GeminiChat.Gateway.Chatrooms;
using GeminiChat.Gateway.Payments;
using GeminiChat.Gateway.Streams;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace GeminiChat.Gateway.OpenApi;

/// <summary>
/// Describes the parameters in path, query and headers. Handlers bind numbers and enumerations as text, so that a wrong value
/// gets a clear error; the document shows their real types. Only required parameters have an example, because the page at
/// <c>/docs</c> sends every example with the request.
/// </summary>
internal static class RequestParameters
{
    private static readonly FrozenDictionary<string, ParameterDescription> Descriptions = new Dictionary<string, ParameterDescription>(StringComparer.Ordinal)
    {
        ["id"] = new("The room's id.", Uuid, Example.RoomId.ToString()),
        [ChatPath.Parameter] = new("The chat: the id of a room, or the text that the client has chosen.", Text, Example.ChatId),
        ["sid"] = new("The session's id.", Uuid, Example.SessionId.ToString()),
        ["share_id"] = new("The share's id.", Uuid, Example.ShareId.ToString()),
        ["file_id"] = new("The file's id.", Uuid, Example.FileId.ToString()),
        ["mid"] = new("The message's id.", Id, Example.ReplyId),
        ["token"] = new("The share's token: the last part of its address.", Text, Example.ShareToken),
        ["limit"] = new("The maximum number. The default is the highest number allowed.", Count),
        ["before"] = new("Only messages before this one, by its id.", Id),
        ["cursor"] = new("Where to read on, as a `Link` header gave it.", Text),
        ["view"] = new(ViewQuery.Description, () => EnumOf("path", "all")),
        ["archived"] = new("With true, the list has the archived rooms, and no others. Without it, the list leaves them out.", Boolean),
        ["q"] = new("What to find: words, and phrases in double quotes. At most 256 UTF-16 code units.", Text),
        ["room"] = new("The only room to search, by its id.", Uuid),
        ["render"] = new(RenderQuery.Description, () => EnumOf("html")),
        ["format"] = new("Without it, `Accept` chooses.", () => EnumOf("json", "markdown", "html")),
        ["session_id"] = new("The checkout that was just used. The service reads its result from Stripe.", Text),
        [LastEventId.Header] = new("The id of the last event that was read, such as `1-13`: the stream continues after it.", Text),
        [LastEventId.Parameter] = new($"The same as `{LastEventId.Header}`, for clients that cannot send a header; that wins.", Text),
        ["If-Match"] = new(IfMatch.Description, Text),
        ["If-None-Match"] = new("The `ETag` of an earlier answer: 304 when nothing has changed since.", Text),
        [StripeWebhook.SignatureHeader] = new("Stripe's signature of the body, such as `t=1769860800,v1=5257a869`.", Text),
        [IdempotencyKey.HeaderName] = new(IdempotencyKey.Description, Key),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static Task Transform(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken _)
    {
        // The description of a route replaces that of the type which the parameter is bound to.
        var known = context.Description.ActionDescriptor.EndpointMetadata.OfType<RequestParameter>()
            .GroupBy(one => one.Name, StringComparer.Ordinal).Select(same => same.Last()).Select(IOpenApiParameter (one) => new OpenApiParameter
            {
                Name = one.Name,
                In = one.In,
                Required = one.In is ParameterLocation.Path,
                Description = one.Description,
                Schema = new OpenApiSchema { Maximum = one.Maximum?.ToString(CultureInfo.InvariantCulture) },
            });

        // The framework finds some parameters itself.
        var all = (operation.Parameters ?? []).Concat(known).DistinctBy(one => (one.Name, one.In));
        operation.Parameters = [.. all.OrderBy(one => one.In is not ParameterLocation.Path)];

        foreach (var parameter in operation.Parameters.OfType<OpenApiParameter>())
        {
            var (description, createSchema, example) = Descriptions[parameter.Name!];
            var schema = createSchema();
            schema.Maximum = (parameter.Schema as OpenApiSchema)?.Maximum;
            parameter.Description ??= description;
            parameter.Schema = schema;
            parameter.Example = example?.DeepClone();
        }

        return Task.CompletedTask;
    }

    private static OpenApiSchema Text() => new() { Type = JsonSchemaType.String };

    private static OpenApiSchema Uuid() => new() { Type = JsonSchemaType.String, Format = "uuid" };

    private static OpenApiSchema Id() => new() { Type = JsonSchemaType.Integer, Format = "int64", Minimum = "1" };

    private static OpenApiSchema Count() => new() { Type = JsonSchemaType.Integer, Format = "int32", Minimum = "1" };

    private static OpenApiSchema Boolean() => new() { Type = JsonSchemaType.Boolean };

    private static OpenApiSchema EnumOf(params string[] words) =>
        new() { Type = JsonSchemaType.String, Enum = [.. words.Select(word => JsonValue.Create(word))] };

    private static OpenApiSchema Key() =>
        new() { Type = JsonSchemaType.String, MinLength = 1, MaxLength = SizeLimits.MaxIdempotencyKeyLength, Pattern = "^[!-~]+$" };

    private sealed record ParameterDescription(string Description, Func<OpenApiSchema> Schema, JsonNode? Example = null);
}
