using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace GeminiChat.Fakes;

/// <summary>What Gemini refuses before any model sees it.</summary>
internal static class RequestValidator
{
    /// <summary>The refusal of a missing or wrong key, else null.</summary>
    public static Script? Key(HttpContext context, string? accepted) =>
        context.Request.Headers["x-goog-api-key"].ToString() switch
        {
            "" => Script.Error(403, "PERMISSION_DENIED", "Method doesn't allow unregistered callers."),
            var key when accepted is not null && key != accepted => Script.InvalidKey(),
            _ => null,
        };

    /// <summary>The refusal of a conversation that the service does not take, else null.</summary>
    public static Script? Body(RecordedRequest request) =>
        FindError(request) is { } fault ? Script.BadRequest(fault) : null;

    private static string? FindError(RecordedRequest request) => request switch
    {
        { Body.ValueKind: not JsonValueKind.Object } => "Invalid JSON payload received.",
        { Turns: [] } => "* GenerateContentRequest.contents: contents is not specified",
        _ when request.Turns.Any(turn => turn.Role is not ("user" or "model")) =>
            "Please use a valid role: user, model.",
        _ when request.Turns.Any(turn => turn.Texts is [] || turn.Texts.Contains(string.Empty)) =>
            "* GenerateContentRequest.contents.parts: contents.parts must not be empty.",
        _ when request.System is "" => "* GenerateContentRequest.system_instruction.parts: must not be empty.",
        _ when request.Turns.Zip(request.Turns.Skip(1)).Any(pair => pair.First.Role == pair.Second.Role) =>
            "Please ensure that multiturn requests alternate between user and model.",
        { Turns: [.., { Role: "model" }] } => "Requests ending with a model turn are not supported.",
        _ => null,
    };
}
