using GeminiChat.Gateway.Auth;
using GeminiChat.GrainInterfaces.Models;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GeminiChat.Gateway.Models;

/// <summary>The models that the caller can choose.</summary>
internal static class ModelEndpoints
{
    private const string Description = """
        What `model`, `thinking` and `search` of a message or a room can be, the default model first. `input` are the kinds of
        media that a model understands. `thinking` are its levels; the list is empty when it has none. `context_tokens` is the maximum of its prompt, if it is known.
        """;

    private static readonly OfferedModel Flash = new(
        "gemini-3.8-flash",
        "Gemini 3.8 Flash",
        ["text", "image", "audio", "video", "pdf"],
        [ThinkingLevel.Low, ThinkingLevel.Medium, ThinkingLevel.High],
        Search: true,
        ContextTokens: 1_048_576,
        IsDefault: true);

    public static void MapModels(this IEndpointRouteBuilder app) =>
        app.MapGroup("/models").WithTags("Models").RequireAuthorization()
            .MapGet("", List).WithName("listModels").WithSummary("List the models that you can use").WithDescription(Description)
            .Produces<ImmutableArray<ModelResponse>>([ModelResponse.Of(Flash)]);

    private static async Task<Results<Ok<ImmutableArray<ModelResponse>>, Problem>> List(Caller caller, IGrainFactory grains, HttpContext http)
    {
        if (await GrainCalls.RetryAsync(() => grains.User(caller.UserId).GetProfile(), http.RequestAborted) is not { } user)
        {
            return JwtBearerSetup.Challenge(http);
        }

        var models = await GrainCalls.RetryAsync(() => grains.Models().List(user.Tier), http.RequestAborted);
        return TypedResults.Ok(ImmutableArray.CreateRange(models, ModelResponse.Of));
    }
}

/// <summary>A model that the caller can choose.</summary>
/// <param name="Id">The value for <c>model</c>.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="Input">The kinds of media that it understands: <c>text</c>, <c>image</c>, <c>audio</c>, <c>video</c>, <c>pdf</c>.</param>
/// <param name="Thinking">The values for <c>thinking</c>, from the lowest; empty when it has none.</param>
/// <param name="Search">Whether <c>search</c> can be true.</param>
/// <param name="ContextTokens">The maximum number of tokens of a prompt, if it is known.</param>
/// <param name="IsDefault">Whether it writes the replies for which no model was chosen.</param>
internal sealed record ModelResponse(
    string Id,
    string Name,
    ImmutableArray<string> Input,
    [property: EnumNames<ThinkingLevel>] ImmutableArray<string> Thinking,
    bool Search,
    int? ContextTokens,
    bool IsDefault)
{
    public static ModelResponse Of(OfferedModel model) => new(
        model.Id,
        model.Name,
        model.Input,
        ImmutableArray.CreateRange(model.Thinking, Chatrooms.ReplyOptionsMapping.ToName),
        model.Search,
        model.ContextTokens,
        model.IsDefault);
}
