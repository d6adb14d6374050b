using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace GeminiChat.Played;

/// <summary>The paths of Gemini's REST interface, for v1 and v1beta.</summary>
internal static class PlayedEndpoints
{
    private const string Root = "/{version:regex(^v1(beta)?$)}/models";

    public static void Map(IEndpointRouteBuilder routes, PlayedGemini played)
    {
        routes.MapPost(Root + "/{model}:streamGenerateContent", context => Generate(context, played, "streamGenerateContent"));
        routes.MapPost(Root + "/{model}:generateContent", context => Generate(context, played, "generateContent"));
        routes.MapPost(Root + "/{model}:countTokens", context => CountTokens(context, played));
        routes.MapGet(Root + "/{model}", context => Describe(context, played));
    }

    private static async Task Generate(HttpContext context, PlayedGemini played, string method)
    {
        var request = await RequestReader.Read(context, method, played.Options.Time);
        var conversation = played.Options.Conversation(request);
        await using var exchange = new Exchange(context, request, played.Options.Time, played.Stopping);
        var isOver = false;
        played.Calls.Begin(request, conversation);
        try
        {
            var script = RequestCheck.Key(context, played.Options.Key)
                ?? RequestCheck.Body(request)
                ?? played.ScriptFor(request);
            await script.Play(exchange);
            await exchange.Complete();
            isOver = true;
        }
        catch (Exception gone) when (exchange.Gone.IsCancellationRequested)
        {
            // The client left, or the server stops: nobody is there to tell.
            _ = gone;
        }
        finally
        {
            played.Calls.End(conversation);
            request.End(closedEarly: !isOver && exchange.ClientLeft);
        }
    }

    private static async Task CountTokens(HttpContext context, PlayedGemini played)
    {
        var request = await RequestReader.Read(context, "countTokens", played.Options.Time);
        await using var exchange = new Exchange(context, request, played.Options.Time, played.Stopping);
        if (RequestCheck.Key(context, played.Options.Key) is { } refusal)
        {
            await refusal.Play(exchange);
            return;
        }

        var tokens = request.Turns.Sum(turn => Tokens.In(turn.Text));
        await exchange.Respond(200, JsonSerializer.Serialize(new
        {
            totalTokens = tokens,
            promptTokensDetails = new[] { new { modality = "TEXT", tokenCount = tokens } },
        }));
    }

    private static async Task Describe(HttpContext context, PlayedGemini played)
    {
        var request = RequestReader.WithoutBody(context, "get", played.Options.Time);
        await using var exchange = new Exchange(context, request, played.Options.Time, played.Stopping);
        if (RequestCheck.Key(context, played.Options.Key) is { } refusal)
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
