using System.Collections.Frozen;
using System.Globalization;
using GeminiChat.Gateway.AiSdk;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace GeminiChat.Gateway.OpenApi;

/// <summary>Describes the headers of answers.</summary>
internal static class ResponseHeaders
{
    private static readonly FrozenDictionary<string, string> Descriptions = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Accept-Ranges"] = "`bytes`: a part can be asked for.",
        ["Content-Disposition"] = "The name for a file.",
        ["Cross-Origin-Resource-Policy"] = "`same-origin`: no page of another site can embed it.",
        ["ETag"] = "For `If-None-Match`; for `If-Match` with a room, for `If-Range` with a file. A compressed answer has another one.",
        ["Link"] = "Where the next page is, if there is one: `rel=\"next\"`.",
        ["Location"] = "The path of what was made.",
        ["RateLimit"] = "What is left of the limit, and the seconds until there is more (draft-ietf-httpapi-ratelimit-headers-11).",
        ["RateLimit-Policy"] = "The limit, and its time in seconds (draft-ietf-httpapi-ratelimit-headers-11).",
        ["Retry-After"] = "Seconds to wait before a retry.",
        ["WWW-Authenticate"] = "`Bearer`, with `error=\"invalid_token\"` when the token is invalid (RFC 6750).",
        [UiMessageStream.VersionHeader] = "The version of the stream.",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Adds the headers that the routes declare. It must run after all answers are added.</summary>
    public static Task Transform(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken _)
    {
        foreach (var header in context.Description.ActionDescriptor.EndpointMetadata.OfType<ResponseHeader>())
        {
            var code = header.Status?.ToString(CultureInfo.InvariantCulture);
            foreach (var (_, answer) in operation.Responses!.Where(one => code is null ? one.Key[0] is not '5' : one.Key == code))
            {
                Add((OpenApiResponse)answer, header.Name, header.Example);
            }
        }

        return Task.CompletedTask;
    }

    public static void Add(OpenApiResponse answer, string name, string example)
    {
        answer.Headers ??= new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal);
        answer.Headers[name] = new OpenApiHeader
        {
            Description = Descriptions[name],
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            Example = example,
        };
    }
}
