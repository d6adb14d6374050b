using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace GeminiChat.Gateway.Web;

/// <summary>Puts the routes' examples of bodies and successes into the document.</summary>
internal static class OpenApiAnswers
{
    public static Task Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken _)
    {
        var notes = context.Description.ActionDescriptor.EndpointMetadata;
        if (notes.OfType<BodyExample>().SingleOrDefault() is { } body)
        {
            operation.RequestBody!.Content![BodyType.Json].Example = body.Value();
        }

        foreach (var form in notes.OfType<AnswerExample>().GroupBy(one => (one.Status, one.MediaType)))
        {
            var answer = Answer(operation, form.Key.Status);
            answer.Content ??= new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal);
            if (!answer.Content.TryGetValue(form.Key.MediaType, out var content))
            {
                content = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
                answer.Content[form.Key.MediaType] = content;
            }

            content.Show([.. form.Select(one => (one.Name, one.Value()))]);
        }

        foreach (var bare in notes.OfType<BareAnswer>())
        {
            Answer(operation, bare.Status).Description = bare.Meaning;
        }

        return Task.CompletedTask;
    }

    /// <summary>One example as it is, several by their names.</summary>
    public static void Show(this OpenApiMediaType content, IReadOnlyList<(string Name, JsonNode Value)> examples)
    {
        if (examples is [var only])
        {
            content.Example = only.Value;
            return;
        }

        content.Examples = examples.ToDictionary(
            one => one.Name, IOpenApiExample (one) => new OpenApiExample { Value = one.Value }, StringComparer.Ordinal);
    }

    private static OpenApiResponse Answer(OpenApiOperation operation, int status)
    {
        var code = status.ToString(CultureInfo.InvariantCulture);
        operation.Responses ??= [];
        operation.Responses.TryAdd(code, new OpenApiResponse { Description = "OK" });
        return (OpenApiResponse)operation.Responses[code];
    }
}
