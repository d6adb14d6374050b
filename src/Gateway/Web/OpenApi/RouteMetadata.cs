using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace GeminiChat.Gateway.Web;

/// <summary>
/// What a route tells the OpenAPI document besides the framework's own metadata: each answer with an example, each error as
/// the problem that is answered.
/// </summary>
internal static class RouteMetadata
{
    /// <summary>The body that is read, by an example, and one that is invalid.</summary>
    public static RouteHandlerBuilder Accepts<T>(this RouteHandlerBuilder route, T example, T? invalid = null)
        where T : class, IRequestBody => route.WithMetadata(new RequestExample(
            () => ToJsonNode(example), Problems.BadRequest(invalid is null ? JsonInput.NotAnObject : BodyValidator<T>.Validate(invalid)!)));

    /// <summary>An optional request header; see <see cref="RequestParameters"/>.</summary>
    public static RouteHandlerBuilder WithRequestHeader(this RouteHandlerBuilder route, string header, string? description = null) =>
        route.WithMetadata(new RequestParameter(header, ParameterLocation.Header, description));

    /// <summary>An optional parameter of the query that the handler reads itself; see <see cref="RequestParameters"/>.</summary>
    public static RouteHandlerBuilder WithQueryParameter(this RouteHandlerBuilder route, string parameter) =>
        route.WithMetadata(new RequestParameter(parameter, ParameterLocation.Query));

    /// <summary>An answer with JSON.</summary>
    public static RouteHandlerBuilder Produces<T>(this RouteHandlerBuilder route, T example, int status = StatusCodes.Status200OK) =>
        route.Produces<T>(status, JsonInput.MediaType)
            .WithMetadata(new ResponseExample(status, JsonInput.MediaType, "json", () => ToJsonNode(example)));

    /// <summary>An answer without a body.</summary>
    public static RouteHandlerBuilder Produces(this RouteHandlerBuilder route, int status, string description) =>
        route.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(void)) { Description = description });

    /// <summary>The same answer as text, with status 200.</summary>
    public static RouteHandlerBuilder ProducesText(
        this RouteHandlerBuilder route, string mediaType, params (string Name, Func<string> Text)[] examples) =>
        route.WithMetadata([.. examples.Select(one =>
            new ResponseExample(StatusCodes.Status200OK, mediaType, one.Name, () => JsonValue.Create(one.Text())))]);

    /// <summary>A header of an answer; see <see cref="ResponseHeaders"/>.</summary>
    /// <param name="routes">The routes.</param>
    /// <param name="status">The answer's status; null for every one that the routes themselves give.</param>
    /// <param name="header">The header's name.</param>
    /// <param name="example">A value.</param>
    public static TBuilder WithHeader<TBuilder>(this TBuilder routes, int? status, string header, string example)
        where TBuilder : IEndpointConventionBuilder => routes.WithMetadata(new ResponseHeader(status, header, example));

    /// <summary>
    /// The errors of the routes. Those of every route, of every route with a body and of every route behind a token are
    /// added to them: see <see cref="ProblemResponses"/>.
    /// </summary>
    public static TBuilder ProducesProblem<TBuilder>(this TBuilder routes, params Problem[] problems)
        where TBuilder : IEndpointConventionBuilder => routes.WithMetadata([.. problems.Select(problem => new ProblemResponse(problem))]);

    private static JsonNode ToJsonNode<T>(T example) =>
        JsonSerializer.SerializeToNode(example, Json.Context.GetTypeInfo(typeof(T))!)!;
}

/// <summary>A body that is read.</summary>
/// <param name="Value">The example.</param>
/// <param name="Invalid">The answer to an invalid one; null when the route reads bodies in its own way.</param>
internal sealed record RequestExample(Func<JsonNode> Value, Problem? Invalid);

/// <summary>An answer of one media type.</summary>
internal sealed record ResponseExample(int Status, string MediaType, string Name, Func<JsonNode> Value);

/// <summary>A header of an answer; of every answer that the route itself gives when the status is null.</summary>
internal sealed record ResponseHeader(int? Status, string Name, string Example);

/// <summary>A parameter in the request's path, query or headers.</summary>
internal sealed record RequestParameter(string Name, ParameterLocation In, string? Description = null, int? Maximum = null);

/// <summary>An error.</summary>
internal sealed record ProblemResponse(Problem Problem);
