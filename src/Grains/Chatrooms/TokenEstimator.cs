using System.Text;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// Estimates the tokens of a branch's messages from their bytes, with the ratio that the model counted for an earlier prompt. Digits
/// and rare scripts have one or two bytes per token, English prose has four or five.
/// </summary>
internal sealed class TokenEstimator
{
    private const int TokensPerMessage = 4;
    private const double AssumedRatio = 4;

    // The weight of the assumed ratio against a count, in tokens: a prompt of a few words says little about the room.
    private const int AssumedTokens = 32;

    // A tokenizer makes at most one token of each byte.
    private const double MinRatio = 1;
    private const double MaxRatio = 16;

    /// <summary>UTF-8 bytes per token in this room.</summary>
    public double BytesPerToken { get; private set; } = AssumedRatio;

    /// <summary>Estimated tokens of one message, rounded down.</summary>
    public int Estimate(string text) => TokensPerMessage + (int)(Encoding.UTF8.GetByteCount(text) / BytesPerToken);

    /// <summary>Adjusts the ratio after the model has counted a prompt.</summary>
    /// <param name="bytes">UTF-8 bytes of the prompt's texts.</param>
    /// <param name="messages">The number of messages in the prompt.</param>
    /// <param name="tokens">Tokens as the model counted them; 0 when the model did not report a count.</param>
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
