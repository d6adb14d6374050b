namespace GeminiChat.Gateway.Auth;

/// <summary>Finds the users of identities. The secret for the keys never changes, so it is read once.</summary>
internal sealed class IdentityService(IGrainFactory grains)
{
    /// <summary>The issuer of users whom the team's own server has authenticated. No address of an issuer looks like it.</summary>
    public const string Server = "server";

    private byte[]? _secret;

    /// <summary>The user of a subject, created at the first request; null if the sign-in is from before the user's deletion.</summary>
    public async Task<Guid?> FindUserAsync(string issuer, string subject, ExternalSignIn signIn, CancellationToken cancellationToken)
    {
        _secret ??= [.. await GrainCalls.RetryAsync(() => grains.NumberSecret().Get(), cancellationToken)];
        var identity = grains.Identity(IdentityKey.Of(_secret, issuer, subject));
        return await GrainCalls.RetryAsync(() => identity.FindOrCreateUser(signIn), cancellationToken);
    }
}
