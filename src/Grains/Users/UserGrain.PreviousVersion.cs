namespace GeminiChat.Grains.Users;

/// <summary>
/// For processes of the previous version, which call this grain for password, sessions and admission (decision 13), and
/// send notices on a stream (decision 14).
/// </summary>
internal sealed partial class UserGrain
{
    private bool _isSecurityCurrent;

    public async Task<bool> CheckSession(Guid sessionId, int version) =>
        await (await Security()).CheckSession(sessionId, version);

    public async Task<Credentials?> GetCredentials() => await (await Security()).GetCredentials();

    public async Task<SessionGrant?> StartSession(NewSession session) => await (await Security()).StartSession(session);

    public async Task<SessionGrant?> RefreshSession(Guid sessionId, ImmutableArray<byte> tokenHash, ImmutableArray<byte> newTokenHash) =>
        await (await Security()).RefreshSession(sessionId, tokenHash, newTokenHash);

    public async Task<SessionList?> ListSessions() => await (await Security()).ListSessions();

    public async Task EndSession(Guid sessionId) => await (await Security()).EndSession(sessionId);

    public async Task EndAllSessions() => await (await Security()).EndAllSessions();

    public async Task<bool> ChangePassword(Guid sessionId, string currentHash, string newHash) =>
        await (await Security()).ChangePassword(sessionId, currentHash, newHash);

    public async Task ResetPassword(string passwordHash) => await (await Security()).ResetPassword(passwordHash);

    public async Task RehashPassword(string currentHash, string newHash) => await (await Security()).RehashPassword(currentHash, newHash);

    public async Task<Admission?> Admit(Guid roomId, int count)
    {
        var day = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        if (await GetUsage() is not { } usage)
        {
            return null;
        }

        var granted = Math.Min(count, usage.Remaining() ?? count);
        return new Admission(granted, day, usage with { Used = usage.Used + granted, Accepted = usage.Accepted + granted });
    }

    public Task TurnsStored(RoomSummary room) => RoomChanged(room, []);

    public Task<bool> HasFollowers() => Task.FromResult(false);

    public Task Withdraw(Guid roomId) => Task.CompletedTask;

    public Task Recount() => Task.CompletedTask;

    /// <summary>
    /// The grain of password and sessions. An earlier activation of this grain, on a silo of the previous version, may
    /// have written the same state. So the state is read again the first time.
    /// </summary>
    private async ValueTask<IUserSecurityGrain> Security()
    {
        var security = GrainFactory.UserSecurity(this.GetPrimaryKey());
        if (!_isSecurityCurrent)
        {
            await security.Reload();
            _isSecurityCurrent = true;
        }

        return security;
    }
}
