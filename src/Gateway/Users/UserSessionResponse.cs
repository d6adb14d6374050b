namespace GeminiChat.Gateway.Users;

/// <summary>A session of the user's.</summary>
/// <param name="Id">To end it by.</param>
/// <param name="StartedAt">When the user signed in.</param>
/// <param name="LastUsedAt">When its refresh token was last exchanged, at first when it started.</param>
/// <param name="IsCurrent">Whether the request belongs to it.</param>
internal sealed record UserSessionResponse(Guid Id, DateTimeOffset StartedAt, DateTimeOffset LastUsedAt, bool IsCurrent);
