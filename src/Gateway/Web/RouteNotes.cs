using Microsoft.OpenApi;

namespace GeminiChat.Gateway.Web;

/// <summary>Short words for what a route's line in a table says to the OpenAPI document.</summary>
internal static class RouteNotes
{
    public static RouteHandlerBuilder Says(this RouteHandlerBuilder route, string summary) => route.WithSummary(summary);

    /// <summary>An answer with JSON.</summary>
    public static RouteHandlerBuilder Gives<T>(this RouteHandlerBuilder route, int status = StatusCodes.Status200OK) =>
        route.Produces<T>(status, BodyType.Json);

    /// <summary>An answer without a body.</summary>
    public static RouteHandlerBuilder Gives(this RouteHandlerBuilder route, int status) => route.Produces(status);

    /// <summary>The same answer, as it comes, with status 200.</summary>
    public static RouteHandlerBuilder Streams(this RouteHandlerBuilder route, params string[] types) =>
        route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Responses ??= [];
            operation.Responses.TryAdd("200", new OpenApiResponse { Description = "OK" });
            var answer = (OpenApiResponse)operation.Responses["200"];
            answer.Content ??= new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal);
            foreach (var type in types)
            {
                answer.Content[type] = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
            }

            return Task.CompletedTask;
        });

    /// <summary>An optional request header.</summary>
    public static RouteHandlerBuilder Takes(this RouteHandlerBuilder route, string header, string meaning) =>
        route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = header,
                In = ParameterLocation.Header,
                Description = meaning,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
            return Task.CompletedTask;
        });

    /// <summary>Errors, each with problem details.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder route, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses)
        {
            route.Produces(status, null, Problem.MediaType);
        }

        return route;
    }
}
