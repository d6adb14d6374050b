using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace GeminiChat.Gateway.Web;

/// <summary>Short words for what a route's line in a table says to the OpenAPI document.</summary>
internal static class RouteNotes
{
    /// <summary>The operation's id, unique in the API, and a line about it.</summary>
    public static RouteHandlerBuilder Says(this RouteHandlerBuilder route, string name, string summary) =>
        route.WithName(name).WithSummary(summary);

    /// <summary>An example of the body, and one that is refused.</summary>
    public static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder route, T example, T? flawed = null)
        where T : class, IRequestBody =>
        route.WithMetadata(new BodyExample(() => Node(example), Problems.BadRequest(flawed?.Flaw() ?? JsonFlaw.NotAnObject)));

    /// <summary>An optional request header; see <see cref="OpenApiParameters"/>.</summary>
    public static RouteHandlerBuilder Heeds(this RouteHandlerBuilder route, string header, string? meaning = null) =>
        route.WithMetadata(new HeededParameter(header, ParameterLocation.Header, meaning));

    /// <summary>An optional parameter of the query that the handler reads itself; see <see cref="OpenApiParameters"/>.</summary>
    public static RouteHandlerBuilder HeedsInQuery(this RouteHandlerBuilder route, string parameter) =>
        route.WithMetadata(new HeededParameter(parameter, ParameterLocation.Query, null));

    /// <summary>How much <c>limit</c> may ask for.</summary>
    public static RouteHandlerBuilder Pages(this RouteHandlerBuilder route, int most) => route.WithMetadata(new PageSize(most));

    /// <summary>An answer with JSON.</summary>
    public static RouteHandlerBuilder Gives<T>(this RouteHandlerBuilder route, T example, int status = StatusCodes.Status200OK) =>
        route.Produces<T>(status, BodyType.Json).WithMetadata(new AnswerExample(status, BodyType.Json, "json", () => Node(example)));

    /// <summary>An answer without a body.</summary>
    public static RouteHandlerBuilder Gives(this RouteHandlerBuilder route, int status, string meaning) =>
        route.Produces(status).WithMetadata(new BareAnswer(status, meaning));

    /// <summary>The same answer as text, as it comes, with status 200.</summary>
    public static RouteHandlerBuilder Streams(
        this RouteHandlerBuilder route, string type, params (string Name, Func<string> Text)[] examples) =>
        route.WithMetadata([.. examples.Select(one =>
            new AnswerExample(StatusCodes.Status200OK, type, one.Name, () => JsonValue.Create(one.Text())))]);

    /// <summary>A header of an answer; see <see cref="OpenApiHeaders"/>.</summary>
    /// <param name="routes">The routes.</param>
    /// <param name="status">The answer's status; null for every one that the routes themselves give.</param>
    /// <param name="header">The header's name.</param>
    /// <param name="example">A value.</param>
    public static TBuilder Sends<TBuilder>(this TBuilder routes, int? status, string header, string example)
        where TBuilder : IEndpointConventionBuilder => routes.WithMetadata(new SentHeader(status, header, example));

    /// <summary>
    /// The errors that are the routes' own. Those of every route with a body, behind a token or at all are added to
    /// them: see <see cref="OpenApiRefusals"/>.
    /// </summary>
    public static TBuilder Refuses<TBuilder>(this TBuilder routes, params Problem[] problems)
        where TBuilder : IEndpointConventionBuilder => routes.WithMetadata([.. problems.Select(problem => new Refusal(problem))]);

    private static JsonNode Node<T>(T example) =>
        JsonSerializer.SerializeToNode(example, Json.Context.GetTypeInfo(typeof(T))!)!;
}

/// <summary>A body that is taken.</summary>
/// <param name="Value">The example.</param>
/// <param name="Flaw">What a flawed one gets; null when the route reads bodies in its own way.</param>
internal sealed record BodyExample(Func<JsonNode> Value, Problem? Flaw);

/// <summary>An answer of one form.</summary>
internal sealed record AnswerExample(int Status, string MediaType, string Name, Func<JsonNode> Value);

/// <summary>An answer that is only a status.</summary>
internal sealed record BareAnswer(int Status, string Meaning);

/// <summary>A header of an answer; of every one that the route itself gives when the status is null.</summary>
internal sealed record SentHeader(int? Status, string Name, string Example);

/// <summary>A parameter in the request's headers or query.</summary>
internal sealed record HeededParameter(string Name, ParameterLocation In, string? Meaning);

/// <summary>The most that a page may hold.</summary>
internal sealed record PageSize(int Most);

/// <summary>An error.</summary>
internal sealed record Refusal(Problem Problem);
