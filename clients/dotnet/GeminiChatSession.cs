using System.Security.Cryptography;

namespace GeminiChat.Client;

/// <summary>The tokens of a session, to be stored as they are.</summary>
/// <param name="AccessToken">Sent with each request.</param>
/// <param name="RefreshToken">Good for one exchange.</param>
/// <param name="ExpiresAt">When the access token expires.</param>
/// <param name="RefreshKey">The key of the next exchange. With it, an exchange whose answer was lost can be repeated, also after a restart.</param>
public sealed record GeminiChatTokens(string AccessToken, string RefreshToken, DateTimeOffset? ExpiresAt = null, string? RefreshKey = null);

/// <summary>
/// The session of one user. All calls share one exchange of the refresh token, because each refresh token works once. So a user has
/// one session object, whatever the number of clients.
/// </summary>
/// <param name="tokens">The tokens of an earlier session.</param>
public sealed class GeminiChatSession(GeminiChatTokens? tokens = null)
{
    private static readonly TimeSpan Early = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _exchanging = new(1);

    public GeminiChatTokens? Tokens { get; private set; } = tokens;

    /// <summary>Gets new tokens to store, and null when the session has ended.</summary>
    public Func<GeminiChatTokens?, Task>? OnTokens { get; init; }

    /// <summary>
    /// Gives the access tokens of somebody else's sign-in; <see cref="Tokens"/> are not used then. It gets the token that was refused,
    /// if there is one, and gives another one or null.
    /// </summary>
    public Func<string?, CancellationToken, Task<string?>>? AccessToken { get; init; }

    internal static string NewKey() => Convert.ToHexString(RandomNumberGenerator.GetBytes(16));

    internal Task SaveAsync(TokenAnswer answer, TimeProvider time) => StoreAsync(new GeminiChatTokens(
        answer.AccessToken, answer.RefreshToken, time.GetUtcNow() + TimeSpan.FromSeconds(answer.ExpiresIn), NewKey()));

    internal Task ClearAsync() => StoreAsync(null);

    /// <summary>An access token that is still valid for a while; null if nobody is signed in.</summary>
    internal async Task<string?> GetAccessTokenAsync(
        Func<GeminiChatTokens, Task<TokenAnswer>> exchange, TimeProvider time, CancellationToken cancellationToken)
    {
        if (AccessToken is not null)
        {
            return await AccessToken(null, cancellationToken).ConfigureAwait(false);
        }

        return Tokens is { ExpiresAt: { } end } tokens && end - time.GetUtcNow() < Early
            ? await RenewAsync(tokens.AccessToken, exchange, time, cancellationToken).ConfigureAwait(false)
            : Tokens?.AccessToken;
    }

    /// <summary>Another access token than the one that was refused; null if the session has ended.</summary>
    internal async Task<string?> RenewAsync(
        string refused, Func<GeminiChatTokens, Task<TokenAnswer>> exchange, TimeProvider time, CancellationToken cancellationToken)
    {
        if (AccessToken is not null)
        {
            return await AccessToken(refused, cancellationToken).ConfigureAwait(false);
        }

        await _exchanging.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Exchanged by another call meanwhile.
            if (Tokens is not { } tokens || tokens.AccessToken != refused)
            {
                return Tokens?.AccessToken;
            }

            if (tokens.RefreshKey is null)
            {
                await StoreAsync(tokens with { RefreshKey = NewKey() }).ConfigureAwait(false);
            }

            var answer = await exchange(Tokens).ConfigureAwait(false);

            // Otherwise the user has signed out meanwhile, or somebody else has signed in.
            if (Tokens?.RefreshToken == tokens.RefreshToken)
            {
                await SaveAsync(answer, time).ConfigureAwait(false);
            }
        }
        catch (GeminiChatException refusal) when (refusal.Status == 401)
        {
            await ClearAsync().ConfigureAwait(false);
        }
        finally
        {
            _exchanging.Release();
        }

        return Tokens?.AccessToken;
    }

    private async Task StoreAsync(GeminiChatTokens? changed)
    {
        Tokens = changed;
        if (OnTokens is not null)
        {
            await OnTokens(changed).ConfigureAwait(false);
        }
    }
}
