using System.Globalization;
using System.Text.Json.Nodes;
using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Health;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace GeminiChat.Gateway.OpenApi;

/// <summary>Adds the errors to the document. Each problem is executed, so the headers and the body are the real ones.</summary>
internal static class ProblemResponses
{
    public const string ProblemSchema = "Problem";
    private const int ExampleNameWords = 5;

    public static async Task Transform(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var document = context.Document!;
        if (document.Components?.Schemas?.ContainsKey(ProblemSchema) is not true)
        {
            document.AddComponent(
                ProblemSchema, await context.GetOrCreateSchemaAsync(typeof(ProblemBody), null, cancellationToken));
        }

        var path = Example.Path(context.Description.RelativePath!);
        var problems = FindProblems(context.Description.ActionDescriptor.EndpointMetadata, path).OrderBy(problem => problem.Status);
        foreach (var alike in problems.GroupBy(problem => problem.Status))
        {
            operation.Responses ??= [];
            operation.Responses[alike.Key.ToString(CultureInfo.InvariantCulture)] = await CreateResponse(alike, path, document);
        }
    }

    private static IEnumerable<Problem> FindProblems(IList<object> metadata, PathString path)
    {
        var body = metadata.OfType<RequestExample>().SingleOrDefault();
        if (body?.Invalid is { } invalid)
        {
            yield return invalid;
            yield return Problems.ForStatus(StatusCodes.Status413PayloadTooLarge);
            yield return Problems.ForStatus(StatusCodes.Status415UnsupportedMediaType);
        }

        if (body is not null)
        {
            yield return Problems.ForStatus(StatusCodes.Status408RequestTimeout);
        }

        if (metadata.OfType<IAuthorizeData>().Any() && !ApiKeyHandler.IsRequiredBy(metadata))
        {
            yield return Problems.Unauthorized;
            yield return UserRateLimiter.LimitReached(600, TimeSpan.FromSeconds(1));
            yield return AuthProblems.KeyUnavailable(IssuerKeys.FetchInterval);
        }

        foreach (var response in metadata.OfType<ProblemResponse>())
        {
            yield return response.Problem;
        }

        if (StartupGate.AppliesTo(path))
        {
            yield return Problems.ForStatus(StatusCodes.Status500InternalServerError);
            yield return Problems.Unavailable;
            yield return Problems.Starting;
            yield return Problems.Stopping;
        }
    }

    private static async Task<OpenApiResponse> CreateResponse(IGrouping<int, Problem> problems, PathString path, OpenApiDocument document)
    {
        var answer = new OpenApiResponse { Description = ReasonPhrases.GetReasonPhrase(problems.Key) };
        var examples = new List<(string Name, JsonNode Value)>();
        foreach (var problem in problems)
        {
            var (headers, body) = await ExecuteProblem(problem, path);
            examples.Add((ToExampleName((string)body["detail"]!), body));
            foreach (var (name, value) in headers)
            {
                ResponseHeaders.Add(answer, name, value.ToString());
            }
        }

        var content = new OpenApiMediaType { Schema = new OpenApiSchemaReference(ProblemSchema, document) };
        content.SetExamples(examples);
        answer.Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { [Problem.MediaType] = content };
        return answer;
    }

    private static async Task<(IHeaderDictionary Headers, JsonNode Body)> ExecuteProblem(Problem problem, PathString path)
    {
        using var body = new MemoryStream();
        var http = new DefaultHttpContext { Request = { Path = path }, Response = { Body = body } };
        await problem.ExecuteAsync(http);
        var headers = http.Response.Headers;
        headers.ContentType = default;
        headers.CacheControl = default;
        headers.ContentLength = null;
        if (problem.Status is StatusCodes.Status401Unauthorized)
        {
            headers[HeaderNames.WWWAuthenticate] = "Bearer";
        }

        return (headers, JsonNode.Parse(body.ToArray())!);
    }

    private static string ToExampleName(string detail) => string.Join('_', detail
        .Split([' ', ',', '.', ':', ';'], StringSplitOptions.RemoveEmptyEntries).Take(ExampleNameWords)).ToLowerInvariant();
}
