namespace GeminiChat.Grains.Users;

/// <summary>What proves a user's identity, as stored.</summary>
[GenerateSerializer, Immutable, Alias("geminichat.UserSecurity")]
internal sealed record UserSecurity
{
    /// <summary>As ASP.NET Core's <c>PasswordHasher</c> writes it; null when the user has no password.</summary>
    [Id(0)]
    public string? PasswordHash { get; init; }
}
