namespace GeminiChat.Gateway.Web;

/// <summary>
/// The kinds of problems that a client may want to tell apart, as the <c>type</c> of the answer. Of other problems the status says
/// enough. A type keeps its meaning for good.
/// </summary>
internal static class ProblemTypes
{
    /// <summary>Of a problem whose status says which kind it is.</summary>
    public const string None = "about:blank";

    public const string DailyLimit = Urn + "daily-limit";
    public const string SearchLimit = Urn + "search-limit";
    public const string RequestRate = Urn + "request-rate";
    public const string StreamsLimit = Urn + "streams-limit";
    public const string QueueFull = Urn + "queue-full";
    public const string UploadsLimit = Urn + "uploads-limit";
    public const string ExportRunning = Urn + "export-running";
    public const string Busy = Urn + "busy";
    public const string Restarting = Urn + "restarting";
    public const string SessionEnded = Urn + "session-ended";
    public const string SignInAgain = Urn + "sign-in-again";
    public const string WrongCode = Urn + "wrong-code";
    public const string TooManyCodes = Urn + "too-many-codes";
    public const string CodesUsedUp = Urn + "codes-used-up";
    public const string WrongPassword = Urn + "wrong-password";
    public const string TooManyPasswords = Urn + "too-many-passwords";
    public const string CommonPassword = Urn + "common-password";
    public const string NoPassword = Urn + "no-password";
    public const string BadNumber = Urn + "bad-number";
    public const string NumberTaken = Urn + "number-taken";
    public const string SignUpExpired = Urn + "sign-up-expired";
    public const string ChatGone = Urn + "chat-gone";
    public const string TooManyChats = Urn + "too-many-chats";
    public const string SettingsChanged = Urn + "settings-changed";
    public const string AnswerRunning = Urn + "answer-running";
    public const string TooManyVersions = Urn + "too-many-versions";
    public const string TooLongToCopy = Urn + "too-long-to-copy";
    public const string KeyReused = Urn + "key-reused";
    public const string NoAnswer = Urn + "no-answer";
    public const string ModelNotAllowed = Urn + "model-not-allowed";
    public const string ModelMissing = Urn + "model-missing";
    public const string FileUnsuitable = Urn + "file-unsuitable";
    public const string FileGone = Urn + "file-gone";
    public const string FileInUse = Urn + "file-in-use";
    public const string FileEmpty = Urn + "file-empty";
    public const string FileName = Urn + "file-name";
    public const string FileTooLarge = Urn + "file-too-large";
    public const string FileType = Urn + "file-type";
    public const string StorageFull = Urn + "storage-full";
    public const string SearchWords = Urn + "search-words";
    public const string SearchSlow = Urn + "search-slow";
    public const string NothingToShare = Urn + "nothing-to-share";
    public const string TooManyShares = Urn + "too-many-shares";
    public const string ShareEnded = Urn + "share-ended";
    public const string NoPayments = Urn + "no-payments";
    public const string PaymentsDown = Urn + "payments-down";
    public const string NoSubscription = Urn + "no-subscription";
    public const string Subscribed = Urn + "subscribed";

    private const string Urn = "urn:geminichat:problem:";

    /// <summary>All types with their meaning, for the documents.</summary>
    public static ImmutableArray<(string Type, string Meaning)> All { get; } =
    [
        (DailyLimit, "The messages of the day are used up, or too many were started. `limit`, `used` and `resets_at` tell more."),
        (SearchLimit, "The web searches of the day are used up. Without `search`, the message can be sent now."),
        (RequestRate, "Too many requests in a short time. `Retry-After` tells when there is room again."),
        (StreamsLimit, "Too many streams of the user are open."),
        (QueueFull, "The queue of the room is full. `limit` is the most messages that can wait."),
        (UploadsLimit, "Too many uploads of the user are running."),
        (ExportRunning, "An export of the user's data runs already."),
        (Busy, "The service has too much to do, or a part of it does not answer. The same request can be sent again."),
        (Restarting, "The server starts or stops. The same request can be sent again."),
        (SessionEnded, "There is no valid access or refresh token. The user signs in again."),
        (SignInAgain, "The sign-in is too long ago for this request."),
        (WrongCode, "The one-time code is wrong, used or expired."),
        (TooManyCodes, "A code was sent a moment ago. It is still valid."),
        (CodesUsedUp, "No more codes are sent to this number for up to 24 hours."),
        (WrongPassword, "The password is wrong, or the number has no account."),
        (TooManyPasswords, "Too many wrong passwords were tried for the number."),
        (CommonPassword, "The new password is one of the most common ones."),
        (NoPassword, "The user signs in with another service, so there is no password."),
        (BadNumber, "This is not a valid mobile number, or the country code is missing."),
        (NumberTaken, "The number has an account already."),
        (SignUpExpired, "The sign-up is too old, or of another number."),
        (ChatGone, "There is no such room or message, or it was deleted."),
        (TooManyChats, "The user has the maximum number of rooms, which is `limit`."),
        (SettingsChanged, "The room was changed since it was read."),
        (AnswerRunning, "A reply is still being written."),
        (TooManyVersions, "The message has the maximum number of versions, which is `limit`."),
        (TooLongToCopy, "The branch is too long to be copied."),
        (KeyReused, "The `Idempotency-Key` was used for another request."),
        (NoAnswer, "The model gave no reply. `reason` and `retryable` tell more."),
        (ModelNotAllowed, "The model belongs to another tier, which `required_tier` names."),
        (ModelMissing, "There is no such model, or it cannot do what was asked."),
        (FileUnsuitable, "The model does not understand a file of the message."),
        (FileGone, "There is no such file."),
        (FileInUse, "A message has the file, so it cannot be deleted alone."),
        (FileEmpty, "The file is empty."),
        (FileName, "The name of the file is too long."),
        (FileTooLarge, "The file is too large. `limit` is the maximum in megabytes."),
        (FileType, "Files of this type are not supported."),
        (StorageFull, "The user's files take as much space as the tier allows."),
        (SearchWords, "The search has no words, or too many."),
        (SearchSlow, "The search takes too long."),
        (NothingToShare, "The room has no messages to share."),
        (TooManyShares, "The room has the maximum number of shares."),
        (ShareEnded, "The share has ended, or there is none."),
        (NoPayments, "The service takes no payments."),
        (PaymentsDown, "The payment provider does not answer, or refuses."),
        (NoSubscription, "The user has no subscription to manage."),
        (Subscribed, "The user has a subscription already. `portal_url` leads to it."),
    ];
}
