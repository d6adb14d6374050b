using GeminiChat.Gateway.Auth;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace GeminiChat.Gateway.OpenApi;

/// <summary>The OpenAPI document at <c>/openapi/v1.json</c>, and the page at <c>/docs</c>.</summary>
internal static class ApiDocument
{
    private const string Bearer = "bearer";
    private const string ApiKey = "apiKey";

    // The page sets styles by script, and its pictures are data in its style sheet.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string DocumentDescription = """
        Chatrooms whose messages Google Gemini answers, streamed as they are written.

        To begin: `POST /auth/send-otp`, then `POST /auth/verify-otp`; its `access_token` goes into `Authorization: Bearer`.

        Every error is problem details (RFC 9457) with a `detail` for people. Times are ISO 8601 in UTC. Members that are
        null are left out, unless they are required here; unknown ones in a request are ignored. HEAD is answered wherever
        GET is. Large answers are compressed if `Accept-Encoding` allows it.

        The schema of a `text/event-stream` is that of the data of one event, where the answer can be nothing else.
        """;

    private static readonly (string Name, string Description)[] Tags =
    [
        ("Auth", "Sign up, sign in, new tokens, sign out."),
        ("User", "The signed-in user: profile, usage, sessions, export, deletion."),
        ("Models", "The models that write replies."),
        ("Chatrooms", "The rooms of the user."),
        ("Messages", "The messages of a room, and the replies to them."),
        ("AI SDK", "The routes for useChat of Vercel's AI SDK."),
        ("Files", "Files for messages."),
        ("Shares", "Conversations that everybody with their address may read."),
        ("Search", "The search in the user's messages."),
        ("Events", "What happens in the user's rooms, as it happens."),
        ("Payments", "The subscription."),
        ("Health", "Probes for load balancers and orchestrators."),
    ];

    public static void AddApiDocument(this IServiceCollection services) => services.AddOpenApi(options =>
    {
        options.ShouldInclude = static route => route.HttpMethod is not "HEAD";
        options.AddDocumentTransformer(AddDocumentInfo);
        options.AddDocumentTransformer(EventSchemas.Transform);
        options.AddDocumentTransformer(ComponentSchemas.Transform);
        options.AddOperationTransformer(AddSecurityRequirement);
        options.AddOperationTransformer(RequestParameters.Transform);
        options.AddOperationTransformer(ResponseExamples.Transform);
        options.AddOperationTransformer(ProblemResponses.Transform);
        options.AddOperationTransformer(ResponseHeaders.Transform);
        options.AddSchemaTransformer(SchemaDetails.TransformConverted);
        options.AddSchemaTransformer(SchemaDetails.TransformEnumNames);
        options.AddSchemaTransformer(SchemaDetails.TransformRequired);
    });

    public static void MapApiDocument(this IEndpointRouteBuilder app)
    {
        app.MapOpenApi().Compress();
        app.MapSwaggerUI("docs", page => page.SwaggerEndpoint("/openapi/v1.json", "GeminiChat v1")).Compress().Add(page =>
        {
            var serve = page.RequestDelegate!;
            page.RequestDelegate = http =>
            {
                http.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
                return serve(http);
            };
        });
    }

    private static Task AddDocumentInfo(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken _)
    {
        document.Info.Title = "GeminiChat";
        document.Info.Version = "v1";
        document.Info.Description = $"{DocumentDescription}\n\n{ListProblemTypes()}";
        var settings = context.ApplicationServices.GetRequiredService<IOptions<Settings.PublicUrlOptions>>().Value;
        document.Servers = [new OpenApiServer { Url = settings.PublicUrl ?? "/" }];
        document.Info.Contact = new OpenApiContact { Name = "The team that runs this server", Url = settings.PublicUrl is { } url ? new Uri(url) : null };
        document.Tags = Tags.Select(tag => new OpenApiTag { Name = tag.Name, Description = tag.Description }).ToHashSet();
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            [Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = Bearer,
                BearerFormat = "JWT",
                Description = "The access_token of POST /auth/verify-otp, /auth/login, /auth/refresh or /auth/token, or a token of an issuer of OIDC_ISSUER.",
            },
            [ApiKey] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = Bearer,
                BearerFormat = "gck_",
                Description = "An API key of your own server, made with the command keys create.",
            },
        };
        return Task.CompletedTask;
    }

    private static string ListProblemTypes() =>
        "The `type` of an error is one of these, or `about:blank` if the status says enough. More may be added.\n\n| type | meaning |\n|---|---|\n"
        + string.Join('\n', ProblemTypes.All.Select(one => $"| `{one.Type}` | {one.Meaning} |"));

    private static Task AddSecurityRequirement(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken _)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var takesKey = ApiKeyHandler.IsRequiredBy(metadata);
        var scheme = new OpenApiSecuritySchemeReference(takesKey ? ApiKey : Bearer, context.Document);
        operation.Security = takesKey || metadata.OfType<IAuthorizeData>().Any() ? [new OpenApiSecurityRequirement { [scheme] = [] }] : [];
        return Task.CompletedTask;
    }
}
