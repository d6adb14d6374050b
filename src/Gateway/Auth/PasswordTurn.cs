namespace GeminiChat.Gateway.Auth;

/// <summary>A place in a queue: for a user, who has few, or for anybody.</summary>
internal readonly record struct PasswordTurn
{
    private PasswordTurn(PasswordQueue queue, Guid? userId) => (Queue, UserId) = (queue, userId);

    public PasswordQueue Queue { get; }

    /// <summary>Null where nobody has proved who asks.</summary>
    public Guid? UserId { get; }

    public static PasswordTurn Of(Guid userId, PasswordQueue queue) => new(queue, userId);

    public static PasswordTurn OfAnybody(PasswordQueue queue) => new(queue, userId: null);
}
