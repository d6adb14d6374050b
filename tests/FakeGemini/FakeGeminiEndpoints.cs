using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace GeminiChat.Fakes;

/// <summary>The paths of Gemini's REST interface, for v1 and v1beta.</summary>
internal static class FakeGeminiEndpoints
{
    private const string Root = "/{version:regex(^v1(beta)?$)}/models";

    public static void Map(IEndpointRouteBuilder routes, FakeGemini fake)
    {
        routes.MapPost(Root + "/{model}:streamGenerateContent", context => Generate(context, fake, "streamGenerateContent"));
        routes.MapPost(Root + "/{model}:generateContent", context => Generate(context, fake, "generateContent"));
        routes.MapPost(Root + "/{model}:countTokens", context => CountTokens(context, fake));
        routes.MapGet(Root + "/{model}", context => Describe(context, fake));
    }

    private static async Task Generate(HttpContext context, FakeGemini fake, string method)
    {
        var request = await RequestReader.Read(context, method, fake.Options.Time);
        var conversation = fake.Options.Conversation(request);
        await using var exchange = new GeminiExchange(context, request, fake.Options.Time, fake.Stopping);
        var isOver = false;
        fake.Calls.Begin(request, conversation);
        try
        {
            var script = RequestValidator.Key(context, fake.Options.Key)
                ?? RequestValidator.Body(request)
                ?? fake.ScriptFor(request);
            await script.Play(exchange);
            await exchange.Complete();
            isOver = true;
        }
        catch (Exception gone) when (exchange.Aborted.IsCancellationRequested)
        {
            // The client left, or the server stops: nobody is there to tell.
            _ = gone;
        }
        finally
        {
            fake.Calls.End(conversation);
            request.End(closedEarly: !isOver && exchange.ClientLeft);
        }
    }

    private static async Task CountTokens(HttpContext context, FakeGemini fake)
    {
        var request = await RequestReader.Read(context, "countTokens", fake.Options.Time);
        await using var exchange = new GeminiExchange(context, request, fake.Options.Time, fake.Stopping);
        if (RequestValidator.Key(context, fake.Options.Key) is { } refusal)
        {
            await refusal.Play(exchange);
            return;
        }

        var tokens = request.Turns.Sum(turn => TokenCounter.Count(turn.Text));
        await exchange.Respond(200, JsonSerializer.Serialize(new
        {
            totalTokens = tokens,
            promptTokensDetails = new[] { new { modality = "TEXT", tokenCount = tokens } },
        }));
    }

    private static async Task Describe(HttpContext context, FakeGemini fake)
    {
        var request = RequestReader.WithoutBody(context, "get", fake.Options.Time);
        await using var exchange = new GeminiExchange(context, request, fake.Options.Time, fake.Stopping);
        if (RequestValidator.Key(context, fake.Options.Key) is { } refusal)
        {
            await refusal.Play(exchange);
            return;
        }

        await exchange.Respond(200, JsonSerializer.Serialize(new
        {
            name = "models/" + request.Model,
            inputTokenLimit = 1_048_576,
            outputTokenLimit = 65_536,
            supportedGenerationMethods = new[] { "generateContent", "countTokens" },
        }));
    }
}
