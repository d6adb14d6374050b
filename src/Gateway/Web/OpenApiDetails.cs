using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace GeminiChat.Gateway.Web;

/// <summary>What the OpenAPI document cannot see in the code.</summary>
internal static class OpenApiDetails
{
    private const string ProblemSchema = "Problem";

    /// <summary>Every error is the same kind of document.</summary>
    public static async Task DescribeProblems(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.Document is not { } document)
        {
            return;
        }

        if (document.Components?.Schemas?.ContainsKey(ProblemSchema) is not true)
        {
            document.AddComponent(
                ProblemSchema, await context.GetOrCreateSchemaAsync(typeof(ProblemBody), null, cancellationToken));
        }

        var errors = operation.Responses?.Where(answer => answer.Key[0] is '4' or '5').Select(answer => answer.Value) ?? [];
        foreach (var error in errors.OfType<OpenApiResponse>())
        {
            error.Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                [Problem.MediaType] = new OpenApiMediaType { Schema = new OpenApiSchemaReference(ProblemSchema, document) },
            };
        }
    }

    /// <summary>Some numbers are read as text, so that a wrong one gets a clear answer; see <see cref="Page"/>.</summary>
    public static Task DescribeNumbers(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
        {
            if (parameter.Name is "limit" or "before" or "mid")
            {
                parameter.Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1" };
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>Our own converters hide what times and patched texts look like.</summary>
    public static Task DescribeConverted(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.JsonTypeInfo.Type == typeof(DateTimeOffset))
        {
            schema.Type = JsonSchemaType.String;
            schema.Format = "date-time";
        }
        else if (context.JsonTypeInfo.Type == typeof(PatchedText))
        {
            var length = context.JsonPropertyInfo?.AttributeProvider?
                .GetCustomAttributes(typeof(StringLengthAttribute), inherit: false).OfType<StringLengthAttribute>().SingleOrDefault();
            schema.Type = JsonSchemaType.String | JsonSchemaType.Null;
            schema.MinLength = length?.MinimumLength;
            schema.MaxLength = length?.MaximumLength;
        }

        return Task.CompletedTask;
    }

    /// <summary>Required fields are nullable only to us, so that their absence gets a clear answer.</summary>
    public static Task DescribeRequired(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.JsonPropertyInfo?.AttributeProvider?.IsDefined(typeof(RequiredAttribute), inherit: false) is true)
        {
            schema.Type &= ~JsonSchemaType.Null;
        }

        return Task.CompletedTask;
    }
}
