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
        routes.MapGet(Root, context => List(context, fake));
        routes.MapGet(Root + "/{model}", context => Describe(context, fake));
    }

    private static async Task Generate(HttpContext context, FakeGemini fake, string method)
    {
        var request = await RequestReader.Read(context, method, fake.Options.Time);
        var conversation = fake.Options.Conversation(request);
        await using var exchange = new GeminiExchange(context, request, fake);
        var isOver = false;
        fake.Calls.Begin(request, conversation);
        try
        {
            var script = FindError(context, request, fake) ?? Answer(request, fake);
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

    private static Script? FindError(HttpContext context, RecordedRequest request, FakeGemini fake) =>
        RequestValidator.Key(context, fake.Options.Key)
            ?? RequestValidator.Body(request)
            ?? ThinkingValidator.FindError(request)
            ?? fake.Signatures.FindError(request)
            ?? fake.Files.FindError(request);

    private static Script Answer(RecordedRequest request, FakeGemini fake)
    {
        request.CachedTokens = fake.PromptCache.Read(request);
        return fake.ScriptFor(request);
    }

    private static async Task CountTokens(HttpContext context, FakeGemini fake)
    {
        var request = await RequestReader.Read(context, "countTokens", fake.Options.Time);
        await fake.AnswerOther(context, request, exchange =>
        {
            var tokens = request.Turns.SelectMany(turn => turn.Parts).Sum(part => TokenCounter.Count(part).Tokens);
            return exchange.Respond(200, JsonSerializer.Serialize(new
            {
                totalTokens = tokens,
                promptTokensDetails = new[] { new { modality = "TEXT", tokenCount = tokens } },
            }));
        });
    }

    private static Task Describe(HttpContext context, FakeGemini fake)
    {
        var request = RequestReader.WithoutBody(context, "models.get", fake.Options.Time);
        var model = fake.Models.FirstOrDefault(model => model.Name == request.Model) ?? new FakeModel(request.Model);
        return fake.AnswerOther(context, request, exchange => exchange.Respond(200, model.ToJson().ToJsonString()));
    }

    private static Task List(HttpContext context, FakeGemini fake)
    {
        var request = RequestReader.WithoutBody(context, "models.list", fake.Options.Time);
        var page = Page.Of("models", fake.Models.Select(model => model.ToJson()), context.Request.Query);
        return fake.AnswerOther(context, request, exchange => exchange.Respond(200, page.ToJsonString()));
    }
}
