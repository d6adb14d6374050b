using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace GeminiChat.Silo.Gemini;

/// <summary>
/// Writes a conversation as Gemini takes it: roles that alternate, no empty parts, instructions in their own field.
/// Anything else is refused as a whole, with 400.
/// </summary>
/// <remarks>Text only: other contents of a message are left out.</remarks>
internal static class RequestWriter
{
    // The body is never HTML: without the escapes of the default, other scripts than Latin take a third of the bytes.
    private static readonly JsonSerializerOptions Options = new(GeminiJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly GeminiJson Json = new(Options);

    public static byte[] Write(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        var turns = new List<Content>();
        var instructions = new List<Part>();
        Add(instructions, options?.Instructions);
        foreach (var message in messages)
        {
            var parts = message.Role == ChatRole.System ? instructions : GetOrAddParts(turns, RoleOf(message));
            foreach (var content in message.Contents)
            {
                Add(parts, (content as TextContent)?.Text);
            }
        }

        turns.RemoveAll(turn => turn.Parts is []);
        var system = instructions.Count > 0 ? new Content(Role: null, instructions) : null;
        return JsonSerializer.SerializeToUtf8Bytes(
            new(turns, system, CreateConfig(options)),
            Json.GenerateContentRequest);
    }

    private static string RoleOf(ChatMessage message) => message.Role == ChatRole.Assistant ? "model" : "user";

    private static List<Part> GetOrAddParts(List<Content> turns, string role)
    {
        // A turn that is still empty will not be sent, so it must not stand between two that are to be merged.
        if (turns is [.., { Parts: [] }])
        {
            turns.RemoveAt(turns.Count - 1);
        }

        if (turns is not [.., var last] || last.Role != role)
        {
            turns.Add(new Content(role, []));
        }

        return turns[^1].Parts;
    }

    private static void Add(List<Part> parts, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            parts.Add(new Part(text));
        }
    }

    private static GenerationConfig? CreateConfig(ChatOptions? options)
    {
        var config = new GenerationConfig
        {
            Temperature = options?.Temperature,
            TopP = options?.TopP,
            TopK = options?.TopK,
            MaxOutputTokens = options?.MaxOutputTokens,
            StopSequences = options?.StopSequences,
            Seed = options?.Seed,
            PresencePenalty = options?.PresencePenalty,
            FrequencyPenalty = options?.FrequencyPenalty,
        };
        return config == new GenerationConfig() ? null : config;
    }
}
