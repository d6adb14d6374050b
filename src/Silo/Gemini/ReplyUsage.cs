using System.Text.Json;
using Microsoft.Extensions.AI;
using static GeminiChat.Silo.Gemini.JsonMembers;

namespace GeminiChat.Silo.Gemini;

/// <summary>The tokens of a response as Gemini counts them: thoughts and answer separately.</summary>
internal readonly record struct ReplyUsage(long? Prompt, long? Cached, long? Answer, long? Thoughts, long? Total)
{
    /// <summary>The same as Microsoft.Extensions.AI counts tokens: the output includes thoughts.</summary>
    public UsageDetails ToDetails() => new()
    {
        InputTokenCount = Prompt,
        CachedInputTokenCount = Cached,
        OutputTokenCount = (Answer ?? 0) + (Thoughts ?? 0),
        ReasoningTokenCount = Thoughts,
        TotalTokenCount = Total,
    };

    /// <summary>Reads the usage; <paramref name="last"/> when the value is null.</summary>
    public static ReplyUsage? Read(ref Utf8JsonReader json, ReplyUsage? last)
    {
        if (!TryEnter(ref json, JsonTokenType.StartObject))
        {
            return last;
        }

        var usage = default(ReplyUsage);
        while (NextMember(ref json))
        {
            usage = usage.With(ref json);
        }

        return usage;
    }

    private ReplyUsage With(ref Utf8JsonReader json)
    {
        if (json.ValueTextEquals("promptTokenCount"u8))
        {
            return this with { Prompt = ReadCount(ref json) };
        }

        if (json.ValueTextEquals("candidatesTokenCount"u8))
        {
            return this with { Answer = ReadCount(ref json) };
        }

        if (json.ValueTextEquals("thoughtsTokenCount"u8))
        {
            return this with { Thoughts = ReadCount(ref json) };
        }

        if (json.ValueTextEquals("cachedContentTokenCount"u8))
        {
            return this with { Cached = ReadCount(ref json) };
        }

        if (json.ValueTextEquals("totalTokenCount"u8))
        {
            return this with { Total = ReadCount(ref json) };
        }

        json.Skip();
        return this;
    }
}
