using System.Security.Cryptography;
using System.Text;

namespace GeminiChat.Fakes;

/// <summary>Makes the signatures of a model's parts, and knows its own again.</summary>
internal sealed class ThoughtSignatures
{
    // As long as those of Gemini on a reply of text.
    private const int Length = 672;

    // What Google names for parts of other origin.
    private static readonly string[] Dummies = ["skip_thought_signature_validator", "context_engineering_is_the_way_to_go"];

    private byte[] _key = Encoding.UTF8.GetBytes("the key of all fakes");

    /// <summary>Makes all signatures so far unknown.</summary>
    public void Renew() => _key = RandomNumberGenerator.GetBytes(32);

    /// <summary>The signature of a reply.</summary>
    public string Sign(string model, string responseId)
    {
        var bytes = new byte[Length];
        var id = SHA256.HashData(Encoding.UTF8.GetBytes(responseId));
        for (var at = 0; at < Length; at += id.Length)
        {
            id.CopyTo(bytes, at);
        }

        Seal(model, id).CopyTo(bytes, id.Length);
        return Convert.ToBase64String(bytes);
    }

    /// <summary>The refusal of a request with parts that are not signed as they must be, else null.</summary>
    public Script? FindError(RecordedRequest request)
    {
        var signatures = request.Turns.SelectMany(turn => turn.Parts).Select(part => part.Signature).OfType<string>();
        if (!signatures.All(signature => Dummies.Contains(signature, StringComparer.Ordinal) || IsOwn(request.Model, signature)))
        {
            return Script.BadRequest("Corrupted thought signature.");
        }

        return ModelFamily.Of(request.Model) is { Signs: true } && FindUnsigned(request.Turns) is { } unsigned
            ? Script.BadRequest($"Function call `{unsigned.Name}` in the {unsigned.Number}. content block is missing a `thought_signature`.")
            : null;
    }

    // Only calls after the newest message of the user must be signed, and of those of one step only the first.
    private static (string? Name, int Number)? FindUnsigned(IReadOnlyList<RecordedContent> turns)
    {
        for (var at = turns.Count - 1; at >= 0; at--)
        {
            if (turns[at].Role is "user" && !turns[at].Parts.All(part => part.HasMember("functionResponse")))
            {
                return null;
            }

            var call = turns[at].Parts.FirstOrDefault(part => part.HasMember("functionCall"));
            if (call is { Signature: null })
            {
                return (call.Json.GetMember("functionCall")!.Value.GetText("name"), at + 1);
            }
        }

        return null;
    }

    private bool IsOwn(string model, string signature)
    {
        var bytes = new byte[Length];
        return Convert.TryFromBase64String(signature, bytes, out var count)
            && count == Length
            && bytes.AsSpan(32, 32).SequenceEqual(Seal(model, bytes[..32]));
    }

    private byte[] Seal(string model, byte[] id)
    {
        byte[] sealedBytes = [.. id, .. Encoding.UTF8.GetBytes(model)];
        return HMACSHA256.HashData(_key, sealedBytes);
    }
}
