using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace GeminiChat.Gateway.OpenApi;

/// <summary>What can be said of a schema only when all of them are there.</summary>
internal static class ComponentSchemas
{
    private const string RequestSuffix = "Request";

    public static Task Transform(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        var schemas = document.Components!.Schemas!;
        foreach (var (name, schema) in schemas.Where(one => one.Value.Properties is not null).ToList())
        {
            if (!name.EndsWith(RequestSuffix, StringComparison.Ordinal))
            {
                RemoveNull((OpenApiSchema)schema);
            }

            foreach (var (member, value) in schema.Properties!.ToList())
            {
                schema.Properties![member] = UseSharedSchema(value, document);
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>An optional member of an answer is left out when it is null.</summary>
    private static void RemoveNull(OpenApiSchema answer)
    {
        foreach (var (member, value) in answer.Properties!.Where(one => answer.Required?.Contains(one.Key) is not true).ToList())
        {
            if (value is OpenApiSchema { Type: { } type } text)
            {
                text.Type = type & ~JsonSchemaType.Null;
            }
            else if (value.OneOf is [{ Type: JsonSchemaType.Null }, var other])
            {
                answer.Properties![member] = other;
            }
        }
    }

    /// <summary>Replaces the names of an enumeration by a reference to the schema that they share.</summary>
    private static IOpenApiSchema UseSharedSchema(IOpenApiSchema schema, OpenApiDocument document)
    {
        if (schema is OpenApiSchema { Items: { } items } list)
        {
            list.Items = UseSharedSchema(items, document);
            return list;
        }

        if (schema is not OpenApiSchema { Enum: { } names } || SharedEnumNames.FindName([.. names.Select(one => one.GetValue<string>())]) is not { } name)
        {
            return schema;
        }

        if (!document.Components!.Schemas!.ContainsKey(name))
        {
            document.AddComponent(name, new OpenApiSchema { Type = JsonSchemaType.String, Enum = names });
        }

        var reference = new OpenApiSchemaReference(name, document) { Description = schema.Description };
        return schema.Type?.HasFlag(JsonSchemaType.Null) is true
            ? new OpenApiSchema { OneOf = [new OpenApiSchema { Type = JsonSchemaType.Null }, reference] }
            : reference;
    }
}
