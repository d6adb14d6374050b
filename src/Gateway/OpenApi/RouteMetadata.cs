using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace GeminiChat.Gateway.OpenApi;

/// <summary>
/// What the OpenAPI document needs besides the framework's own metadata: an example of each answer, and each error as the
/// <see cref="Problem"/> that the route returns.
/// </summary>
internal static class RouteMetadata
{
    /// <summary>The request body, with an example and an invalid one.</summary>
    public static RouteHandlerBuilder Accepts<T>(this RouteHandlerBuilder route, T example, T? invalid = null)
        where T : class, IRequestBody => route.WithMetadata(new RequestExample(
            () => JsonSerializer.SerializeToNode(example, JsonInput.Of<T>())!, invalid is null ? Problems.BadRequest(JsonInput.NotAnObject) : BodyValidator<T>.FindProblem(invalid)));

    /// <summary>An optional request header; see <see cref="RequestParameters"/>.</summary>
    public static RouteHandlerBuilder WithRequestHeader(this RouteHandlerBuilder route, string header, string? description = null) =>
        route.WithMetadata(new RequestParameter(header, ParameterLocation.Header, description));

    /// <summary>An optional parameter of the query that the handler reads itself; see <see cref="RequestParameters"/>.</summary>
    public static RouteHandlerBuilder WithQueryParameter(this RouteHandlerBuilder route, string parameter) =>
        route.WithMetadata(new RequestParameter(parameter, ParameterLocation.Query));

    public static RouteHandlerBuilder Produces<T>(this RouteHandlerBuilder route, T example, int status = StatusCodes.Status200OK) =>
        route.Produces<T>(status, JsonInput.MediaType)
            .WithMetadata(new ResponseExample(status, JsonInput.MediaType, "json", () => ToJsonNode(example)));

    public static RouteHandlerBuilder Produces(this RouteHandlerBuilder route, int status, string description) =>
        route.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(void)) { Description = description });

    /// <summary>The same answer as text, with status 200.</summary>
    public static RouteHandlerBuilder ProducesText(
        this RouteHandlerBuilder route, string mediaType, params (string Name, Func<string> Text)[] examples) =>
        route.WithMetadata([.. examples.Select(one =>
            new ResponseExample(StatusCodes.Status200OK, mediaType, one.Name, () => JsonValue.Create(one.Text())))]);

    /// <summary>The answer with status 200 is a stream of events; see <see cref="EventSchemas"/>.</summary>
    public static RouteHandlerBuilder ProducesEvents(this RouteHandlerBuilder route, EventStreamDescription events) => route.WithMetadata(events);

    /// <summary>A header of an answer; see <see cref="ResponseHeaders"/>.</summary>
    /// <param name="routes">The routes.</param>
    /// <param name="status">The status of the answer; null for every answer of the routes themselves.</param>
    /// <param name="header">The name of the header.</param>
    /// <param name="example">An example of its value.</param>
    public static TBuilder WithHeader<TBuilder>(this TBuilder routes, int? status, string header, string example)
        where TBuilder : IEndpointConventionBuilder => routes.WithMetadata(new ResponseHeader(status, header, example));

    /// <summary>
    /// The errors of the routes. <see cref="ProblemResponses"/> adds the errors that all routes have, all routes with a body,
    /// and all routes with a token.
    /// </summary>
    public static TBuilder ProducesProblem<TBuilder>(this TBuilder routes, params Problem[] problems)
        where TBuilder : IEndpointConventionBuilder => routes.WithMetadata([.. problems.Select(problem => new ProblemResponse(problem))]);

    private static JsonNode ToJsonNode<T>(T example) =>
        JsonSerializer.SerializeToNode(example, Json.Context.GetTypeInfo(typeof(T))!)!;
}

/// <summary>A request body.</summary>
/// <param name="Value">The example.</param>
/// <param name="Invalid">The answer to an invalid body; null if the route does not use <see cref="JsonBody{T}"/>.</param>
/// <param name="MediaType">The type of the body.</param>
internal sealed record RequestExample(Func<JsonNode> Value, Problem? Invalid, string MediaType = JsonInput.MediaType);

internal sealed record ResponseExample(int Status, string MediaType, string Name, Func<JsonNode> Value);

internal sealed record ResponseHeader(int? Status, string Name, string Example);

internal sealed record RequestParameter(string Name, ParameterLocation In, string? Description = null, int? Maximum = null);

internal sealed record ProblemResponse(Problem Problem);
