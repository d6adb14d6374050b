using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Grains.Users;

/// <inheritdoc cref="IPhoneGrain"/>
internal sealed partial class PhoneGrain(
    [PersistentState("phone")] IPersistentState<PhoneState> phone,
    IUnverifiedNumbers unverified,
    OneTimeCodes codes,
    TimeProvider time) : Grain, IPhoneGrain
{
    private static readonly TimeSpan SignUpLifetime = TimeSpan.FromMinutes(15);

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

    public async Task<CodeOutcome> SendCode(string mobileNumber, CodePurpose purpose)
    {
        var now = time.GetUtcNow();
        if (phone.State.WaitForCode(purpose, now) is { } wait)
        {
            return new CodeOutcome.TooSoon(wait);
        }

        // What a decoy is stored as is the hash of yet another code, so that checking it works and counts like any.
        var isDecoy = purpose is CodePurpose.Reset && !phone.State.IsVerified;
        var code = OneTimeCodes.New();
        var stored = new StoredCode(codes.Hash(Key, purpose, isDecoy ? OneTimeCodes.Unknowable() : code), now, Checks: 0);
        await Write((phone.State with { Number = mobileNumber }).CountCode(purpose, now).WithCode(purpose, stored));
        return new CodeOutcome.Made(new OneTimeCode(code, now + OneTimeCodes.Lifetime), isDecoy, phone.State.IsVerified);
    }

    public async Task<CheckOutcome> SignIn(string code)
    {
        var now = time.GetUtcNow();
        if (await Refuse(CodePurpose.SignIn, code, now) is { } refusal)
        {
            return refusal;
        }

        await Write(Verified(phone.State, now));
        await TellUser();
        return new CheckOutcome.Right(phone.State.UserId);
    }

    public async Task<CheckOutcome> ResetPassword(string code, string passwordHash)
    {
        if (await Refuse(CodePurpose.Reset, code, time.GetUtcNow()) is { } refusal)
        {
            return refusal;
        }

        // Wrong guesses at the old password say nothing about the new one.
        await Write(phone.State with { ResetCode = null, WrongPasswords = [], PendingReset = passwordHash });
        await TellUser();
        return new CheckOutcome.Right(phone.State.UserId);
    }

    public async Task<CheckOutcome> Prove(string code)
    {
        if (await Refuse(CodePurpose.SignIn, code, time.GetUtcNow()) is { } refusal)
        {
            return refusal;
        }

        await Write(phone.State with { Code = null });
        return new CheckOutcome.Right(phone.State.UserId);
    }

    public Task Release(Guid userId) =>
        phone.State.UserId == userId ? Write(phone.State.Freed()) : Task.CompletedTask;

    public async Task<LoginOutcome> BeginLogin()
    {
        if (PhoneLimits.WrongPasswords.Wait(phone.State.WrongPasswords, time.GetUtcNow()) is { } wait)
        {
            return new LoginOutcome.TooMany(wait);
        }

        // A user told later would get the sign-up's password back over one changed meanwhile.
        await TellUser();
        return new LoginOutcome.Open(phone.State.IsVerified ? phone.State.UserId : null);
    }

    public async Task<LoginOutcome> EndLogin(bool isRight)
    {
        var outcome = await BeginLogin();
        if (outcome is LoginOutcome.Open && !isRight)
        {
            var wrong = PhoneLimits.WrongPasswords.Count(phone.State.WrongPasswords, time.GetUtcNow());
            await Write(phone.State with { WrongPasswords = wrong });
        }

        return outcome;
    }

    private string Key => this.GetPrimaryKeyString();

    /// <summary>Checks a code and counts it when it is wrong; null when it is right.</summary>
    private async Task<CheckOutcome?> Refuse(CodePurpose purpose, string code, DateTimeOffset now)
    {
        if (PhoneLimits.WrongCodes.Wait(phone.State.WrongCodes, now) is { } wait)
        {
            return new CheckOutcome.TooMany(wait);
        }

        if (phone.State.CodeFor(purpose) is not { } stored
            || stored.Checks >= OneTimeCodes.MaxChecks
            || now >= stored.MadeAt + OneTimeCodes.Lifetime)
        {
            return new CheckOutcome.Wrong();
        }

        if (codes.Matches(stored, Key, purpose, code))
        {
            return null;
        }

        var wrong = PhoneLimits.WrongCodes.Count(phone.State.WrongCodes, now);
        await Write((phone.State with { WrongCodes = wrong }).WithCode(purpose, stored with { Checks = stored.Checks + 1 }));
        return new CheckOutcome.Wrong();
    }

    /// <summary>
    /// The number after the right code. A sign-up counts when the code was made after it: whoever signed up earlier
    /// with this number need not be the one who got the code.
    /// </summary>
    private static PhoneState Verified(PhoneState state, DateTimeOffset now)
    {
        var signUp = state.SignUp is { } pending && state.Code!.MadeAt >= pending.At && now < pending.At + SignUpLifetime
            ? pending
            : null;
        var needsUser = state.IsVerified && signUp is null
            ? state.NeedsUser
            : new VerifiedUser(state.Number!, signUp?.Name, signUp?.PasswordHash);
        return state with { IsVerified = true, NeedsUser = needsUser, SignUp = null, Code = null };
    }

    /// <summary>
    /// Tells the user's grain what a right code has brought about. What fails here is told at the next sign-in, since the
    /// code is used up.
    /// </summary>
    private async Task TellUser()
    {
        if (phone.State.NeedsUser is { } user)
        {
            await GrainFactory.User(phone.State.UserId).EnsureCreated(user);
            await Write(phone.State with { NeedsUser = null });
        }

        if (phone.State.PendingReset is { } passwordHash)
        {
            await GrainFactory.User(phone.State.UserId).ResetPassword(passwordHash);
            await Write(phone.State with { PendingReset = null });
        }
    }

    /// <summary>The user's id is minted with the first thing that is stored of a number.</summary>
    private async Task Write(PhoneState next)
    {
        var state = await Touched(next);
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
