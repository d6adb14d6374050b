using System.Text.Json.Nodes;

namespace GeminiChat.Fakes;

/// <summary>An error as Stripe tells it.</summary>
public sealed class FakeStripeError(int status, string type, string message, string? code = null, string? param = null)
    : Exception(message)
{
    public int Status => status;

    internal JsonObject Body => new()
    {
        ["error"] = new JsonObject
        {
            ["type"] = type,
            ["code"] = code,
            ["message"] = Message,
            ["param"] = param,
            ["doc_url"] = code is null ? null : $"https://stripe.com/docs/error-codes/{code}",
        },
    };

    internal static FakeStripeError Invalid(string message, string? param = null, string? code = null) =>
        new(400, "invalid_request_error", message, code, param);

    internal static FakeStripeError Missing(string what, string id, string? param = null) =>
        new(param is null ? 404 : 400, "invalid_request_error", $"No such {what}: '{id}'", "resource_missing", param ?? "id");
}
