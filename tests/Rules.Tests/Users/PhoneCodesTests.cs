using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Users;
using Microsoft.Extensions.Options;

namespace GeminiChat.Rules.Tests.Users;

public sealed class PhoneCodesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid Device = Guid.CreateVersion7();

    private readonly OneTimeCodes _codes = New("a secret of the service");

    [Fact]
    public void A_code_has_six_digits_and_a_decoy_cannot_be_typed()
    {
        Assert.All(Enumerable.Range(0, 200), _ => Assert.Matches("^[0-9]{6}$", OneTimeCodes.Generate()));
        Assert.Matches("^[0-9A-F]{32}$", OneTimeCodes.GenerateDecoy());
    }

    [Fact]
    public void A_code_matches_only_its_number_its_purpose_and_its_digits()
    {
        var stored = new StoredCode(_codes.Hash("phone", CodePurpose.Reset, "123456"), Now, Purpose: CodePurpose.Reset);
        Assert.True(_codes.Matches(stored, "phone", "123456"));
        Assert.False(_codes.Matches(stored, "phone", "123457"));
        Assert.False(_codes.Matches(stored, "phones", "123456"));
        Assert.False(_codes.Matches(stored with { Purpose = CodePurpose.SignIn }, "phone", "123456"));
        Assert.False(New("another secret").Matches(stored, "phone", "123456"));
    }

    [Fact]
    public void The_hash_of_a_code_is_the_same_in_every_version() => Assert.Equal(
        "0a388b803f1475b5cf1360217edf7194e4e200e1c16768c0d5c9f19726777a7a", Convert.ToHexStringLower(_codes.Hash("phone", CodePurpose.SignIn, "123456").AsSpan()));

    [Fact]
    public void A_code_is_valid_for_ten_minutes()
    {
        var code = new StoredCode([1], Now);
        Assert.True(code.IsValidAt(Now.AddMinutes(10).AddTicks(-1)));
        Assert.False(code.IsValidAt(Now.AddMinutes(10)));
    }

    [Fact]
    public void Codes_of_the_previous_version_are_read()
    {
        var phone = new PhoneState { LegacySignInCode = Code(1), LegacyResetCode = Code(2) };
        Assert.Equal([Code(1), Code(2, CodePurpose.Reset)], phone.AllCodes());
        Assert.Equal([Code(2, CodePurpose.Reset)], (phone with { LegacySignInCode = null }).AllCodes());
        Assert.Equal([Code(3)], (phone with { Codes = [Code(3)] }).AllCodes());
    }

    [Fact]
    public void The_newest_code_of_a_requester_is_found()
    {
        var phone = new PhoneState { Codes = [Code(1), Code(2), Code(3, device: Device), Code(4, CodePurpose.Reset)] };
        Assert.Equal(Code(2), phone.FindNewestCode(CodePurpose.SignIn, null));
        Assert.Equal(Code(3, device: Device), phone.FindNewestCode(CodePurpose.SignIn, Device));
        Assert.Equal(Code(4, CodePurpose.Reset), phone.FindNewestCode(CodePurpose.Reset, null));
        Assert.Null(phone.FindNewestCode(CodePurpose.Reset, Device));
    }

    [Fact]
    public void A_guess_is_for_the_code_that_it_names_or_else_for_the_newest_of_an_unknown_device()
    {
        var phone = new PhoneState { Codes = [Code(1), Code(2), Code(3, device: Device), Code(4, CodePurpose.Reset)] };
        Assert.Equal(Code(2), phone.FindGuessedCode(CodePurpose.SignIn, null, Now));
        Assert.Equal(Code(1), phone.FindGuessedCode(CodePurpose.SignIn, Id(1), Now));
        Assert.Equal(Code(3, device: Device), phone.FindGuessedCode(CodePurpose.SignIn, Id(3), Now));
        Assert.Null(phone.FindGuessedCode(CodePurpose.SignIn, Id(4), Now));
        Assert.Null(phone.FindGuessedCode(CodePurpose.SignIn, Id(1), Now.AddMinutes(10)));
        Assert.Null(new PhoneState().FindGuessedCode(CodePurpose.SignIn, null, Now));
    }

    [Fact]
    public void A_new_code_replaces_the_requesters_oldest_of_three_and_those_that_have_expired()
    {
        ImmutableArray<StoredCode> before =
            [Code(1, minutesAgo: 11), Code(2, minutesAgo: 3), Code(3, device: Device), Code(4, CodePurpose.Reset), Code(5), Code(6)];
        var phone = new PhoneState { Codes = before }.AddCode(Code(7), Now);
        Assert.Equal([.. before[2..], Code(7)], phone.Codes);
        Assert.Equal((Code(7), Code(4, CodePurpose.Reset)), (phone.LegacySignInCode, phone.LegacyResetCode));
    }

    [Fact]
    public void Removed_codes_are_gone_for_the_previous_version_too()
    {
        var phone = new PhoneState { Codes = [Code(1), Code(2, CodePurpose.Reset)], LegacySignInCode = Code(1), LegacyResetCode = Code(2) };
        var rest = phone.RemoveCodes(code => code.Purpose is CodePurpose.SignIn);
        Assert.Equal([Code(2, CodePurpose.Reset)], rest.Codes);
        Assert.Equal((null, Code(2, CodePurpose.Reset)), (rest.LegacySignInCode, rest.LegacyResetCode));
    }

    [Fact]
    public void Guesses_that_name_the_request_are_counted_apart_and_five_of_each_kind_are_allowed()
    {
        var phone = new PhoneState { Codes = [Code(1)] };
        for (var i = 0; i < 5; i++)
        {
            phone = phone.CountWrongGuess(phone.Codes[0], new CodeGuess(Id(1), 0), Now)!;
            phone = phone.CountWrongGuess(phone.Codes[0], new CodeGuess(null, 0), Now)!;
        }

        Assert.Equal((5, 5), (phone.Codes[0].NamedGuesses, phone.Codes[0].UnnamedGuesses));
        Assert.Null(phone.CountWrongGuess(phone.Codes[0], new CodeGuess(Id(1), 0), Now));
        Assert.Null(phone.CountWrongGuess(phone.Codes[0], new CodeGuess(null, 0), Now));
    }

    [Fact]
    public void The_first_guess_of_a_stranger_counts_as_one_more_code()
    {
        var phone = new PhoneState { Codes = [Code(1)], CodesIssuedAt = [Now.AddHours(-1)] };
        var guessed = phone.CountWrongGuess(phone.Codes[0], new CodeGuess(null, 2), Now)!;
        Assert.Equal([Now.AddHours(-1), Now], guessed.CodesIssuedAt);
        Assert.Empty(guessed.ResetCodesIssuedAt);
        Assert.Equal(guessed.CodesIssuedAt, guessed.CountWrongGuess(guessed.Codes[0], new CodeGuess(null, 2), Now)!.CodesIssuedAt);
        Assert.Equal(phone.CodesIssuedAt, phone.CountWrongGuess(phone.Codes[0], new CodeGuess(Id(1), 2), Now)!.CodesIssuedAt);
        Assert.Null(phone.CountWrongGuess(phone.Codes[0], new CodeGuess(null, 1), Now));
    }

    [Fact]
    public void A_guess_at_the_code_of_a_known_device_uses_up_no_code()
    {
        var phone = new PhoneState { Codes = [Code(1, device: Device)], CodesIssuedAt = [Now.AddHours(-1)] };
        Assert.Equal(phone.CodesIssuedAt, phone.CountWrongGuess(phone.Codes[0], new CodeGuess(null, 1), Now)!.CodesIssuedAt);
    }

    private static OneTimeCodes New(string secret) => new(Options.Create(new OneTimeCodeOptions { SecretKey = secret }));

    private static Guid Id(int request) => new(request, 0, 0, new byte[8]);

    private static StoredCode Code(int request, CodePurpose purpose = CodePurpose.SignIn, Guid? device = null, int minutesAgo = 1) =>
        new(Hash, Now.AddMinutes(-minutesAgo), RequestId: Id(request), Purpose: purpose, DeviceSessionId: device);

    private static readonly ImmutableArray<byte> Hash = [1];
}
