using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Grains.Users;

/// <inheritdoc cref="IPhoneGrain"/>
internal sealed class PhoneGrain(
    [PersistentState("phone")] IPersistentState<PhoneState> phone,
    OneTimeCodes codes,
    TimeProvider time) : Grain, IPhoneGrain
{
    private const string SignIn = "sign-in";
    private static readonly TimeSpan SignUpLifetime = TimeSpan.FromMinutes(15);

    private string Number => this.GetPrimaryKeyString();

    public async Task<SignUpOutcome> SignUp(SignUp request)
    {
        if (phone.State.IsVerified)
        {
            return new SignUpOutcome.NumberTaken();
        }

        var signUp = new PendingSignUp(request.Name, request.PasswordHash, time.GetUtcNow());
        await Write(phone.State with { SignUp = signUp });
        return new SignUpOutcome.Pending(phone.State.UserId);
    }

    public async Task<OneTimeCode> NewCode()
    {
        var now = time.GetUtcNow();
        var code = OneTimeCodes.New();
        await Write(phone.State with { Code = new StoredCode(codes.Hash(Number, SignIn, code), now, Checks: 0) });
        return new OneTimeCode(code, now + OneTimeCodes.Lifetime);
    }

    public async Task<Guid?> Verify(string code)
    {
        var now = time.GetUtcNow();
        if (phone.State.Code is not { } stored
            || stored.Checks >= OneTimeCodes.MaxChecks
            || now >= stored.MadeAt + OneTimeCodes.Lifetime)
        {
            return null;
        }

        if (!codes.Matches(stored, Number, SignIn, code))
        {
            await Write(phone.State with { Code = stored with { Checks = stored.Checks + 1 } });
            return null;
        }

        await Write(Verified(phone.State, stored, now));
        await TellUser();
        return phone.State.UserId;
    }

    /// <summary>
    /// The number after the right code. A sign-up counts when the code was made after it: whoever signed up earlier
    /// with this number need not be the one who got the code.
    /// </summary>
    private PhoneState Verified(PhoneState state, StoredCode code, DateTimeOffset now)
    {
        var signUp = state.SignUp is { } pending && code.MadeAt >= pending.At && now < pending.At + SignUpLifetime
            ? pending
            : null;
        var needsUser = state.IsVerified && signUp is null
            ? state.NeedsUser
            : new VerifiedUser(Number, signUp?.Name, signUp?.PasswordHash);
        return state with { IsVerified = true, NeedsUser = needsUser, SignUp = null, Code = null };
    }

    private async Task TellUser()
    {
        if (phone.State.NeedsUser is { } user)
        {
            await GrainFactory.User(phone.State.UserId).EnsureCreated(user);
            await Write(phone.State with { NeedsUser = null });
        }
    }

    /// <summary>The user's id is minted with the first thing that is stored of a number.</summary>
    private async Task Write(PhoneState state)
    {
        var before = phone.State;
        phone.State = state.UserId == Guid.Empty
            ? state with { UserId = Guid.CreateVersion7(time.GetUtcNow()) }
            : state;
        try
        {
            await phone.WriteStateAsync();
        }
        catch
        {
            // Whether it is stored is unknown: the next activation reads it.
            phone.State = before;
            DeactivateOnIdle();
            throw;
        }
    }
}
