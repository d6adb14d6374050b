using System.Security.Cryptography;
using System.Text;

namespace GeminiChat.Silo.Webhooks;

/// <summary>
/// The signature of <see href="https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md">Standard Webhooks</see>.
/// </summary>
internal static class WebhookSignature
{
    /// <summary>The value of <c>webhook-signature</c>: a signature for each key.</summary>
    /// <param name="endpoint">The receiver.</param>
    /// <param name="messageId">The value of <c>webhook-id</c>.</param>
    /// <param name="timestamp">The value of <c>webhook-timestamp</c>: Unix seconds.</param>
    /// <param name="body">The body of the request.</param>
    public static string Compute(WebhookEndpoint endpoint, string messageId, long timestamp, string body)
    {
        var signed = Encoding.UTF8.GetBytes(FormattableString.Invariant($"{messageId}.{timestamp}.{body}"));
        return string.Join(' ', endpoint.Keys.Select(key => $"v1,{Convert.ToBase64String(HMACSHA256.HashData(key, signed))}"));
    }
}
