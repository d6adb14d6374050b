using System.Text.Json;

namespace GeminiChat.Client;

/// <summary>The service refused a request.</summary>
/// <param name="problem">What the service answered.</param>
/// <param name="status">The HTTP status.</param>
/// <param name="retryAfter">How long to wait before the next attempt, if the service says so.</param>
public class GeminiChatException(ProblemDetails problem, int status, TimeSpan? retryAfter = null)
    : Exception(problem.Detail ?? $"The service answered {status}.")
{
    public ProblemDetails Problem => problem;

    public int Status => status;

    public TimeSpan? RetryAfter => retryAfter;

    internal static async Task<GeminiChatException> OfAsync(HttpResponseMessage response, TimeProvider time, CancellationToken cancellationToken)
    {
        ProblemDetails? problem = null;
        try
        {
            var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            problem = await JsonSerializer.DeserializeAsync(body, ClientJson.Default.ProblemDetails, cancellationToken).ConfigureAwait(false);
        }
        catch (JsonException)
        {
            // A proxy's page.
        }

        var header = response.Headers.RetryAfter;
        var retryAfter = header?.Delta ?? (header?.Date is { } date ? date - time.GetUtcNow() : null);
        return new GeminiChatException(problem ?? new ProblemDetails(), (int)response.StatusCode, retryAfter < TimeSpan.Zero ? TimeSpan.Zero : retryAfter);
    }
}

/// <summary>A reply failed, or its room or session no longer exists.</summary>
/// <param name="problem">What the service says of it.</param>
public sealed class ReplyFailedException(ProblemDetails problem) : GeminiChatException(problem, problem.Status ?? 502)
{
    /// <summary>Why the reply failed: one word, for programs.</summary>
    public string? Reason => Problem.Reason;

    /// <summary>Whether asking again can help.</summary>
    public bool IsRetryable => Problem.Retryable is true;
}

/// <summary>The service could not be reached, fell silent, or sent something that is not its own.</summary>
public sealed class GeminiChatConnectionException(Exception? cause = null) : Exception("The service cannot be reached, or its answer broke off.", cause);
