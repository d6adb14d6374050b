using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace GeminiChat.Gateway.Web;

/// <summary>The OpenAPI document at <c>/openapi/v1.json</c>, and a page at <c>/docs</c> to try it.</summary>
internal static class OpenApi
{
    private const string Bearer = "bearer";

    public static void AddApiDocument(this IServiceCollection services) => services.AddOpenApi(options =>
    {
        options.AddDocumentTransformer(Introduce);
        options.AddOperationTransformer(AskForToken);
        options.AddOperationTransformer(OpenApiParameters.Describe);
        options.AddOperationTransformer(OpenApiAnswers.Describe);
        options.AddOperationTransformer(OpenApiRefusals.Describe);
        options.AddSchemaTransformer(OpenApiDetails.DescribeConverted);
        options.AddSchemaTransformer(OpenApiDetails.DescribeRequired);
    });

    public static void MapApiDocument(this IEndpointRouteBuilder app)
    {
        app.MapOpenApi();
        app.MapSwaggerUI("docs", page => page.SwaggerEndpoint("/openapi/v1.json", "GeminiChat v1"));
    }

    private static Task Introduce(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken _)
    {
        document.Info.Title = "GeminiChat";
        document.Info.Version = "v1";
        document.Info.Description = "Chatrooms whose messages Google Gemini answers, streamed as they are written.";
        var settings = context.ApplicationServices.GetRequiredService<IOptions<Settings.PublicAddress>>().Value;
        document.Servers = [new OpenApiServer { Url = settings.PublicUrl ?? "/" }];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            [Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = Bearer,
                BearerFormat = "JWT",
                Description = "The access_token of POST /auth/verify-otp, /auth/login or /auth/refresh.",
            },
        };
        return Task.CompletedTask;
    }

    private static Task AskForToken(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken _)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<IAuthorizeData>().Any())
        {
            var scheme = new OpenApiSecuritySchemeReference(Bearer, context.Document);
            operation.Security = [new OpenApiSecurityRequirement { [scheme] = [] }];
        }

        return Task.CompletedTask;
    }
}
