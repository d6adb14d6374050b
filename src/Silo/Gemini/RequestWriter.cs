using System.Text.Encodings.Web;
using System.Text.Json;
using GeminiChat.Grains.Model;
using Microsoft.Extensions.AI;

namespace GeminiChat.Silo.Gemini;

/// <summary>
/// Writes a conversation in the form that Gemini accepts: alternating roles, no empty parts, instructions in their own member.
/// Gemini refuses any other form with 400.
/// </summary>
/// <remarks>
/// It writes text, files and signed parts of replies; other contents of a message are skipped. Two parts are never joined: a signature
/// belongs to its part.
/// </remarks>
internal static class RequestWriter
{
    // The body is never HTML. Without the default's escapes, scripts other than Latin need a third of the bytes.
    private static readonly JsonSerializerOptions Options = new(GeminiJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly GeminiJson Json = new(Options);

    /// <summary>Writes the body of a request.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="options">What the caller asks for.</param>
    /// <param name="features">What the model and the settings add.</param>
    public static byte[] Write(IEnumerable<ChatMessage> messages, ChatOptions? options, RequestFeatures features)
    {
        var contents = new List<Content>();
        var instructions = new List<Part>();
        if (!string.IsNullOrEmpty(options?.Instructions))
        {
            instructions.Add(new Part(options.Instructions));
        }

        foreach (var message in messages)
        {
            var parts = message.Role == ChatRole.System ? instructions : GetOrAddParts(contents, RoleOf(message));
            foreach (var part in message.Contents)
            {
                Add(parts, part);
            }
        }

        contents.RemoveAll(content => content.Parts is []);
        var system = instructions.Count > 0 ? new Content(Role: null, instructions) : null;
        var request = new GenerateContentRequest(contents, system, CreateConfig(options, features), features.Tools, features.Safety);
        return JsonSerializer.SerializeToUtf8Bytes(request, Json.GenerateContentRequest);
    }

    private static string RoleOf(ChatMessage message) => message.Role == ChatRole.Assistant ? "model" : "user";

    private static List<Part> GetOrAddParts(List<Content> contents, string role)
    {
        // A content without parts is not sent, so it must not separate two contents of the same role.
        if (contents is [.., { Parts: [] }])
        {
            contents.RemoveAt(contents.Count - 1);
        }

        if (contents is not [.., var last] || last.Role != role)
        {
            contents.Add(new Content(role, []));
        }

        return contents[^1].Parts;
    }

    private static void Add(List<Part> parts, AIContent content)
    {
        if (content is UriContent file)
        {
            parts.Add(new Part(Text: null) { FileData = new FileData(file.Uri.OriginalString, file.MediaType) });
            return;
        }

        if (content is DataContent inline)
        {
            parts.Add(new Part(Text: null) { InlineData = new InlineData(inline.MediaType, inline.Data) });
            return;
        }

        if (!PartContents.TryRead(content, out var kind, out var text, out var signature, out var data) || (text.Length == 0 && signature is null))
        {
            return;
        }

        parts.Add(kind switch
        {
            ReplyPartKind.Code when CodeBlock.ToPart(kind, text, data) is { } code => new Part(Text: null, Thought: null, signature) { ExecutableCode = code },
            ReplyPartKind.CodeResult when CodeBlock.ToPart(kind, text, data) is { } result => new Part(Text: null, Thought: null, signature) { CodeExecutionResult = result },
            _ => new Part(text, Thought: kind is ReplyPartKind.Thought ? true : null, signature),
        });
    }

    private static GenerationConfig? CreateConfig(ChatOptions? options, RequestFeatures features)
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
            ThinkingConfig = features.Thinking,
        };
        return config == new GenerationConfig() ? null : config;
    }
}
