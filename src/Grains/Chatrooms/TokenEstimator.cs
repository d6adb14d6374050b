using System.Text;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// Estimates the tokens of a room's messages by their bytes, and learns the ratio from what the model counted. Digits and
/// rare scripts have a byte or two a token, English prose four or five.
/// </summary>
internal sealed class TokenEstimator
{
    private const int TokensPerMessage = 4;
    private const double AssumedRatio = 4;

    // What the assumption weighs against a count: a prompt of a few words says little about the room.
    private const int AssumedTokens = 32;

    // No tokenizer makes more than one token of a byte.
    private const double MinRatio = 1;
    private const double MaxRatio = 16;

    /// <summary>UTF-8 bytes of a token in this room.</summary>
    public double BytesPerToken { get; private set; } = AssumedRatio;

    /// <summary>Tokens of one message, rounded down.</summary>
    public int Estimate(string text) => TokensPerMessage + (int)(Encoding.UTF8.GetByteCount(text) / BytesPerToken);

    /// <summary>The model has counted a prompt.</summary>
    /// <param name="bytes">UTF-8 bytes of its texts.</param>
    /// <param name="messages">Its messages.</param>
    /// <param name="tokens">Tokens as the model counted them; 0 when it did not.</param>
    public void Calibrate(long bytes, int messages, long tokens)
    {
        if (tokens > 0)
        {
            var counted = Math.Max(0, tokens - (messages * TokensPerMessage));
            var ratio = (bytes + (AssumedTokens * AssumedRatio)) / (counted + AssumedTokens);
            BytesPerToken = Math.Clamp(ratio, MinRatio, MaxRatio);
        }
    }
}
