using System.Security.Cryptography;

namespace GeminiChat.Grains.Users;

/// <inheritdoc cref="IPhoneGrain"/>
internal sealed partial class PhoneGrain(
    [PersistentState("phone")] IPersistentState<PhoneState> phone,
    IUnverifiedNumberStore unverifiedNumbers,
    OneTimeCodes codes,
    TimeProvider time) : Grain, IPhoneGrain
{
    public async Task<SignUpOutcome> SignUp(SignUp request)
    {
        if (phone.State.IsVerified)
        {
            return new SignUpOutcome.NumberTaken();
        }

        var signUp = new PendingSignUp(request.Name, PasswordHash: null, time.GetUtcNow());
        await Write(phone.State with { SignUp = signUp });
        return new SignUpOutcome.Pending(phone.State.UserId);
    }

    public async Task<IssueCodeOutcome> IssueCode(string mobileNumber, CodePurpose purpose, CodeRequest? request = null)
    {
        var now = time.GetUtcNow();
        var perDay = request?.CodesPerDay ?? PhoneLimits.DefaultCodesPerDay;
        var device = phone.State.FindDeviceForCode(request?.Device, now);
        if (phone.State.CheckCodeLimits(purpose, device, perDay, now) is { } refusal)
        {
            return refusal;
        }

        // For a decoy, the hash of a second code is stored, so a check of it does the same work and is counted in the
        // same way.
        var isDecoy = purpose is CodePurpose.Reset && !phone.State.IsVerified;
        var code = OneTimeCodes.Generate();
        var hash = codes.Hash(Key, purpose, isDecoy ? OneTimeCodes.GenerateDecoy() : code);
        var stored = new StoredCode(hash, now, RequestId: new Guid(RandomNumberGenerator.GetBytes(16)), Purpose: purpose, DeviceSessionId: device?.SessionId);
        var counted = device is null
            ? phone.State.CountCode(purpose, perDay, now)
            : phone.State.WithDevice(device with { CodesIssuedAt = PhoneLimits.DeviceCodes.Record(device.CodesIssuedAt, now) });
        await Write((counted with { Number = mobileNumber }).AddCode(stored, now));
        return new IssueCodeOutcome.Issued(
            new OneTimeCode(code, now + OneTimeCodes.Lifetime), isDecoy, phone.State.IsVerified, stored.RequestId);
    }

    public async Task<CodeCheckOutcome> SignIn(string code, CodeGuess? guess = null, SignUp? signUp = null)
    {
        if (await CheckCode(CodePurpose.SignIn, code, guess) is not { } right)
        {
            return new CodeCheckOutcome.Invalid();
        }

        await Write(MarkVerified(phone.State.RemoveCodes(other => other == right), right, signUp, time.GetUtcNow()));
        await NotifyUserGrain();
        return new CodeCheckOutcome.Valid(phone.State.UserId);
    }

    public async Task<CodeCheckOutcome> CheckResetCode(string code, CodeGuess guess) =>
        await CheckCode(CodePurpose.Reset, code, guess) is null
            ? new CodeCheckOutcome.Invalid()
            : new CodeCheckOutcome.Valid(phone.State.UserId);

    public async Task<CodeCheckOutcome> ResetPassword(string code, string passwordHash, CodeGuess? guess = null)
    {
        if (await CheckCode(CodePurpose.Reset, code, guess) is null)
        {
            return new CodeCheckOutcome.Invalid();
        }

        var used = phone.State.RemoveCodes(other => other.Purpose is CodePurpose.Reset).ClearWrongPasswords();
        await Write(used with { PendingPasswordReset = passwordHash });
        await NotifyUserGrain();
        return new CodeCheckOutcome.Valid(phone.State.UserId);
    }

    public async Task<CodeCheckOutcome> Reauthenticate(string code, CodeGuess? guess = null)
    {
        if (await CheckCode(CodePurpose.SignIn, code, guess) is not { } right)
        {
            return new CodeCheckOutcome.Invalid();
        }

        await Write(phone.State.RemoveCodes(other => other == right));
        return new CodeCheckOutcome.Valid(phone.State.UserId);
    }

    public Task Release(Guid userId) =>
        phone.State.UserId == userId ? Write(phone.State.Released()) : Task.CompletedTask;

    public async Task<LoginOutcome> BeginLogin(KnownDevice? device = null)
    {
        var wrong = phone.State.FindDevice(device)?.WrongPasswords ?? phone.State.WrongPasswords;
        if (PhoneLimits.WrongPasswords.GetRetryAfter(wrong, time.GetUtcNow()) is { } wait)
        {
            return new LoginOutcome.RateLimited(wait);
        }

        // The notification must come first. A later one could restore the sign-up's password over a password that was
        // changed meanwhile.
        await NotifyUserGrain();
        return new LoginOutcome.Allowed(phone.State.IsVerified ? phone.State.UserId : null);
    }

    public async Task<LoginOutcome> CompleteLogin(bool isPasswordValid, KnownDevice? device = null)
    {
        var outcome = await BeginLogin(device);
        if (outcome is LoginOutcome.Allowed && !isPasswordValid)
        {
            await Write(phone.State.CountWrongPassword(phone.State.FindDevice(device), time.GetUtcNow()));
        }

        return outcome;
    }

    private string Key => this.GetPrimaryKeyString();

    /// <summary>Checks a code, and counts a wrong one.</summary>
    /// <returns>The code when it is right; otherwise null.</returns>
    private async Task<StoredCode?> CheckCode(CodePurpose purpose, string code, CodeGuess? guess)
    {
        var now = time.GetUtcNow();
        guess ??= new CodeGuess(RequestId: null, PhoneLimits.DefaultCodesPerDay);
        if (phone.State.FindGuessedCode(purpose, guess.RequestId, now) is not { } stored
            || phone.State.CountWrongGuess(stored, guess, now) is not { } guessed)
        {
            return null;
        }

        if (codes.Matches(stored, Key, code))
        {
            return stored;
        }

        await Write(guessed);
        return null;
    }

    /// <summary>
    /// The number after a right code. The person who signed up earlier with this number may not be the person who
    /// received the code. So only the sign-up that came with the code sets a password. The name of the newest sign-up is
    /// used if the code was made after it.
    /// </summary>
    private static PhoneState MarkVerified(PhoneState state, StoredCode code, SignUp? signUp, DateTimeOffset now)
    {
        var name = state.SignUp is { } pending && code.IssuedAt >= pending.CreatedAt && now < pending.CreatedAt + GrainInterfaces.Users.SignUp.Lifetime
            ? pending.Name
            : null;
        var needsUser = state.IsVerified && signUp is null
            ? state.PendingUserCreation
            : new VerifiedUser(state.Number!, signUp?.Name ?? name, signUp?.PasswordHash);
        return state with { IsVerified = true, PendingUserCreation = needsUser, SignUp = null };
    }

    /// <summary>
    /// Notifies the user's grain of what a right code has changed. If this fails, the next sign-in notifies it, because
    /// the code is used up.
    /// </summary>
    private async Task NotifyUserGrain()
    {
        if (phone.State.PendingUserCreation is { } user)
        {
            await GrainFactory.User(phone.State.UserId).EnsureCreated(user);
            await Write(phone.State with { PendingUserCreation = null });
        }

        if (phone.State.PendingPasswordReset is { } passwordHash)
        {
            // The call goes through the user's grain: that grain may be on a silo of the previous version, with the
            // password in memory (decision 13).
            await GrainFactory.User(phone.State.UserId).ResetPassword(passwordHash);
            await Write(phone.State with { PendingPasswordReset = null });
        }
    }

    /// <summary>Stores the state. The user's id is created with the first state that is stored for a number.</summary>
    private async Task Write(PhoneState next)
    {
        var state = await RecordContact(next);
        var userId = state.UserId == Guid.Empty ? Guid.CreateVersion7(time.GetUtcNow()) : state.UserId;
        await this.WriteState(phone, state with { UserId = userId });
    }
}
