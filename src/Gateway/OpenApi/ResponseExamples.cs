using System.Globalization;
using System.Net.Mime;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace GeminiChat.Gateway.OpenApi;

/// <summary>Adds the examples of request bodies and successful answers to the document.</summary>
internal static class ResponseExamples
{
    public static Task Transform(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken _)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<RequestExample>().SingleOrDefault() is { } body)
        {
            operation.RequestBody!.Content![body.MediaType].Example = body.Value();
        }

        foreach (var form in metadata.OfType<ResponseExample>().GroupBy(one => (one.Status, one.MediaType)))
        {
            var answer = GetOrAddResponse(operation, form.Key.Status);
            answer.Content ??= new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal);
            if (!answer.Content.TryGetValue(form.Key.MediaType, out var content))
            {
                content = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
                answer.Content[form.Key.MediaType] = content;
            }

            content.SetExamples([.. form.Select(one => (one.Name, one.Value()))]);
        }

        if (metadata.OfType<EventStreamDescription>().SingleOrDefault() is { } events)
        {
            GetOrAddResponse(operation, StatusCodes.Status200OK).Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                [MediaTypeNames.Text.EventStream] = EventSchemas.CreateContent(events, context.Document!),
            };
        }

        foreach (var bodyless in metadata.OfType<ProducesResponseTypeMetadata>().Where(one => one.Description is not null))
        {
            GetOrAddResponse(operation, bodyless.StatusCode).Description = bodyless.Description;
        }

        return Task.CompletedTask;
    }

    /// <summary>A single example needs no name.</summary>
    public static void SetExamples(this OpenApiMediaType content, IReadOnlyList<(string Name, JsonNode Value)> examples)
    {
        if (examples is [var only])
        {
            content.Example = only.Value;
            return;
        }

        content.Examples = examples.ToDictionary(
            one => one.Name, IOpenApiExample (one) => new OpenApiExample { Value = one.Value }, StringComparer.Ordinal);
    }

    private static OpenApiResponse GetOrAddResponse(OpenApiOperation operation, int status)
    {
        var code = status.ToString(CultureInfo.InvariantCulture);
        operation.Responses ??= [];
        operation.Responses.TryAdd(code, new OpenApiResponse { Description = "OK" });
        return (OpenApiResponse)operation.Responses[code];
    }
}
