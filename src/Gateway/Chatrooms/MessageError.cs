namespace GeminiChat.Gateway.Chatrooms;

/// <summary>Why a reply is incomplete or failed.</summary>
/// <param name="Reason">
/// One word, for programs: length, safety, empty, too_long, file_refused, truncated, model_quota, model_unavailable, model_config,
/// model_timeout, model_error or interrupted.
/// </param>
/// <param name="Detail">For a person to read.</param>
/// <param name="Retryable">Whether asking again can help.</param>
internal sealed record MessageError(string Reason, string Detail, bool Retryable)
{
    public static MessageError Of(string reason)
    {
        var (detail, retryable, _) = Explain(reason);
        return new MessageError(reason, detail, retryable);
    }

    /// <summary>The same as a problem, with the status that a plain request gets.</summary>
    public static Problem ToProblem(string reason)
    {
        var (detail, retryable, status) = Explain(reason);
        return new Problem(status, detail) { Type = ProblemTypes.NoAnswer, Reason = reason, IsRetryable = retryable };
    }

    private static (string Detail, bool Retryable, int Status) Explain(string reason) => reason switch
    {
        EndReasons.Length => ("The answer reached its length limit.", false, 422),
        EndReasons.Safety => ("The model's safety filters refused this.", false, 422),
        EndReasons.Empty => ("The model gave an empty answer.", true, 502),
        EndReasons.TooLong => ("The message is too long for the model. Send a shorter one.", false, 422),
        EndReasons.FileRefused => ("The model refused the message with its files. A file may be damaged.", false, 422),
        EndReasons.Truncated => ("The model broke off before the end of its answer.", true, 502),
        EndReasons.ModelQuota => ("The model's quota for today is used up; it returns at midnight Pacific time.", false, 503),
        EndReasons.ModelUnavailable => ("The model is overloaded or cannot be reached.", true, 503),
        EndReasons.ModelConfig => ("The model refuses all requests because of this service's configuration.", false, 502),
        EndReasons.ModelTimeout => ("The model did not answer in time.", true, 504),
        EndReasons.ModelError => ("The model sent something that could not be understood.", true, 502),
        EndReasons.Interrupted => ("The service was interrupted too often while it wrote this.", true, 503),
        _ => ("There is no answer, for a reason that this version does not know.", true, 502),
    };
}
