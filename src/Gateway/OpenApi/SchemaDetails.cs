using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using GeminiChat.Gateway.AiSdk;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace GeminiChat.Gateway.OpenApi;

/// <summary>Details of schemas that the framework cannot derive from the types.</summary>
internal static class SchemaDetails
{
    /// <summary>Types with a custom converter: the framework does not know their JSON.</summary>
    public static Task TransformConverted(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        if ((Nullable.GetUnderlyingType(type) ?? type) == typeof(DateTimeOffset))
        {
            schema.Type = type == typeof(DateTimeOffset) ? JsonSchemaType.String : JsonSchemaType.String | JsonSchemaType.Null;
            schema.Format = "date-time";
        }
        else if (type == typeof(FileUrl))
        {
            schema.Type = JsonSchemaType.String | JsonSchemaType.Null;
        }
        else if (type == typeof(OptionalText))
        {
            var length = context.JsonPropertyInfo?.AttributeProvider?
                .GetCustomAttributes(typeof(StringLengthAttribute), inherit: false).OfType<StringLengthAttribute>().SingleOrDefault();
            schema.Type = JsonSchemaType.String | JsonSchemaType.Null;
            schema.MinLength = length?.MinimumLength;
            schema.MaxLength = length?.MaximumLength;
        }

        return Task.CompletedTask;
    }

    /// <summary>The values that a text can have, or each text of a list.</summary>
    public static Task TransformEnumNames(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var attributes = context.JsonPropertyInfo?.AttributeProvider?.GetCustomAttributes(inherit: false) ?? [];
        IEnumerable<string>? names = attributes.OfType<IEnumNamesAttribute>().SingleOrDefault()?.Names
            ?? attributes.OfType<AllowedValuesAttribute>().SingleOrDefault()?.Values.OfType<string>();
        if (names is not null && (schema.Items as OpenApiSchema ?? schema) is { } text && text.Type?.HasFlag(JsonSchemaType.String) is true)
        {
            text.Enum = [.. names.Select(name => JsonValue.Create(name))];
        }

        return Task.CompletedTask;
    }

    /// <summary>
    /// Required fields of a request are nullable in the code only, so that a missing field gets a clear error. Nullable members
    /// of an answer are not required, because null members are left out unless an attribute says otherwise.
    /// </summary>
    public static Task TransformRequired(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (Has<RequiredAttribute>(context.JsonPropertyInfo))
        {
            schema.Type &= ~JsonSchemaType.Null;
        }

        foreach (var member in context.JsonTypeInfo.Properties.Where(IsOmittedWhenNull))
        {
            schema.Required?.Remove(member.Name);
        }

        return Task.CompletedTask;
    }

    private static bool IsOmittedWhenNull(JsonPropertyInfo member) =>
        member.IsGetNullable && !Has<RequiredAttribute>(member) && !Has<JsonIgnoreAttribute>(member);

    private static bool Has<TAttribute>(JsonPropertyInfo? member)
        where TAttribute : Attribute => member?.AttributeProvider?.IsDefined(typeof(TAttribute), inherit: false) is true;
}
