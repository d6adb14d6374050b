using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace GeminiChat.Fakes;

/// <summary>The implicit cache of the models: which beginnings of prompts they have read before. It looks at whole parts.</summary>
/// <param name="threshold">The tokens that a common beginning must have to count.</param>
internal sealed class PromptCache(int threshold)
{
    private const int Capacity = 200_000;
    private readonly Lock _lock = new();
    private readonly HashSet<UInt128> _beginnings = [];

    /// <summary>Reads a prompt; gives the tokens that were read before.</summary>
    public int Read(RecordedRequest request)
    {
        lock (_lock)
        {
            if (_beginnings.Count > Capacity)
            {
                _beginnings.Clear();
            }

            var hash = Hash([], request.Model + Raw(request, "tools") + Raw(request, "systemInstruction"));
            var (tokens, cached) = (TokenCounter.Count(request.System ?? string.Empty), 0);
            var isKnown = !_beginnings.Add(Key(hash));
            cached = isKnown ? tokens : 0;
            foreach (var turn in request.Turns)
            {
                foreach (var part in turn.Parts)
                {
                    hash = Hash(hash, turn.Role + part.Json.GetRawText());
                    tokens += TokenCounter.Count(part).Tokens;
                    isKnown &= !_beginnings.Add(Key(hash));
                    cached = isKnown ? tokens : cached;
                }
            }

            return cached >= threshold ? cached : 0;
        }
    }

    private static string Raw(RecordedRequest request, string member) => request.Body.GetMember(member)?.GetRawText() ?? string.Empty;

    private static byte[] Hash(byte[] before, string text) => SHA256.HashData([.. before, .. Encoding.UTF8.GetBytes(text)]);

    private static UInt128 Key(byte[] hash) => BinaryPrimitives.ReadUInt128BigEndian(hash);
}
