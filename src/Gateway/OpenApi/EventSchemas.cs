using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace GeminiChat.Gateway.OpenApi;

/// <summary>
/// The data of the events of a stream. Each event has a schema of its own in the document, and <paramref name="Name"/> is any of
/// them, told apart by <c>type</c>.
/// </summary>
/// <param name="Name">The name of the schema of any event.</param>
/// <param name="Description">What the events are.</param>
/// <param name="Events">The events.</param>
internal sealed record EventStreamDescription(string Name, string Description, params ImmutableArray<EventDescription> Events);

/// <summary>The data of an event.</summary>
/// <param name="Type">The value of <c>type</c>, which is the name of the event.</param>
/// <param name="SchemaName">The name of its schema.</param>
/// <param name="Data">The record with its other members; null if there are none.</param>
/// <param name="Description">What it tells.</param>
/// <param name="Example">An example of its other members.</param>
internal sealed record EventDescription(string Type, string SchemaName, Type? Data, string Description, Func<JsonNode>? Example = null)
{
    public static EventDescription Reconnect { get; } = new(
        "reconnect", "ReconnectEvent", null, "The server is leaving, or the access token has expired: connect again with the last id and a valid token.");

    /// <summary>An event by an example of its data.</summary>
    public static EventDescription Of(string type, string schemaName, string description, object example) =>
        new(type, schemaName, example.GetType(), description, () => JsonSerializer.SerializeToNode(example, example.GetType(), Json.Context)!);

    public JsonObject ToExample()
    {
        var data = new JsonObject { [EventSchemas.TypeMember] = Type };
        foreach (var (member, value) in Example?.Invoke().AsObject() ?? [])
        {
            data[member] = value?.DeepClone();
        }

        return data;
    }
}

/// <summary>
/// Adds the schemas of events. In OpenAPI 3.1, the schema of <c>text/event-stream</c> is that of one event's data: generators
/// read it so. OpenAPI 3.2 has <c>itemSchema</c> for it, which most of them do not know yet.
/// </summary>
internal static class EventSchemas
{
    public const string TypeMember = "type";

    public static async Task Transform(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        var streams = context.DescriptionGroups.SelectMany(group => group.Items)
            .SelectMany(route => route.ActionDescriptor.EndpointMetadata).OfType<EventStreamDescription>().Distinct();
        foreach (var stream in streams)
        {
            foreach (var one in stream.Events.Where(one => !document.Components!.Schemas!.ContainsKey(one.SchemaName)))
            {
                var data = one.Data is null ? null : await FindData(one.Data, document, context, cancellationToken);
                document.AddComponent(one.SchemaName, Create(one, data));
            }

            document.AddComponent(stream.Name, CreateUnion(stream, document));
        }
    }

    /// <summary>The answer of a route is the stream.</summary>
    public static OpenApiMediaType CreateContent(EventStreamDescription stream, OpenApiDocument document)
    {
        var content = new OpenApiMediaType { Schema = new OpenApiSchemaReference(stream.Name, document) };
        content.SetExamples([.. stream.Events.Select(one => (one.Type, (JsonNode)one.ToExample()))]);
        return content;
    }

    private static async Task<IOpenApiSchema> FindData(
        Type type, OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        if (document.Components!.Schemas!.TryGetValue(type.Name, out var known))
        {
            return known;
        }

        var schema = await context.GetOrCreateSchemaAsync(type, null, cancellationToken);
        foreach (var member in type.GetProperties().Where(member => member.PropertyType == typeof(ProblemBody)))
        {
            schema.Properties![JsonNamingPolicy.SnakeCaseLower.ConvertName(member.Name)] =
                new OpenApiSchemaReference(ProblemResponses.ProblemSchema, document);
        }

        return schema;
    }

    private static OpenApiSchema Create(EventDescription one, IOpenApiSchema? data)
    {
        var schema = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = one.Description,
            Required = new HashSet<string>([TypeMember, .. data?.Required ?? Enumerable.Empty<string>()], StringComparer.Ordinal),
            Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
            {
                [TypeMember] = new OpenApiSchema
                {
                    Type = JsonSchemaType.String,
                    Enum = [JsonValue.Create(one.Type)],
                    Description = "The name of the event.",
                },
            },
        };
        foreach (var (member, value) in data?.Properties ?? new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal))
        {
            schema.Properties[member] = value;
        }

        return schema;
    }

    private static OpenApiSchema CreateUnion(EventStreamDescription stream, OpenApiDocument document) => new()
    {
        Description = stream.Description,
        OneOf = [.. stream.Events.Select(one => new OpenApiSchemaReference(one.SchemaName, document))],
        Discriminator = new OpenApiDiscriminator
        {
            PropertyName = TypeMember,
            Mapping = stream.Events.ToDictionary(
                one => one.Type, one => new OpenApiSchemaReference(one.SchemaName, document), StringComparer.Ordinal),
        },
    };
}
