using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace GeminiChat.Fakes;

/// <summary>What Gemini refuses before any model sees it.</summary>
internal static class RequestValidator
{
    private static readonly string[] KnownTools = ["googleSearch", "urlContext", "codeExecution", "functionDeclarations", "googleMaps", "fileSearch"];
    private static readonly string[] KindsOfData =
        ["inlineData", "fileData", "functionCall", "functionResponse", "executableCode", "codeExecutionResult"];

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
        _ when request.Turns.Any(turn => turn.Parts is [] || turn.Parts.Any(part => IsEmpty(part, turn.Role))) =>
            "* GenerateContentRequest.contents.parts: contents.parts must not be empty.",
        _ when request.Turns.SelectMany(turn => turn.Parts).Any(part => part.HasMember("inlineData") && part.InlineData is not { Length: > 0 }) =>
            "Invalid value at 'contents[0].parts[0].inline_data.data' (TYPE_BYTES), Base64 decoding failed.",
        _ when request.Turns.SelectMany(turn => turn.Parts).FirstOrDefault(HasForeignType) is { } foreign =>
            $"Unsupported MIME type: {foreign.MimeType}",
        _ when request.System is "" => "* GenerateContentRequest.system_instruction.parts: must not be empty.",
        _ when request.Turns.Zip(request.Turns.Skip(1)).Any(pair => pair.First.Role == pair.Second.Role) =>
            "Please ensure that multiturn requests alternate between user and model.",
        _ when request.Tools.FirstOrDefault(tool => !KnownTools.Contains(tool, StringComparer.Ordinal)) is { } unknown =>
            $"Invalid JSON payload received. Unknown name \"{unknown}\" at 'tools[0]': Cannot find field.",
        { Turns: [.., { Role: "model" }] } => "Requests ending with a model turn are not supported.",
        _ => null,
    };

    // An empty text is a part when it carries a signature. The model's own empty texts are taken, too.
    private static bool IsEmpty(RecordedPart part, string? role) => part switch
    {
        { Text: "" } => role is not "model" && part.Signature is null,
        { Text: not null } => false,
        _ => !KindsOfData.Any(part.HasMember),
    };

    private static bool HasForeignType(RecordedPart part) =>
        (part.HasMember("inlineData") || part.HasMember("fileData")) && !MediaTypes.IsRead(part.MimeType);
}
