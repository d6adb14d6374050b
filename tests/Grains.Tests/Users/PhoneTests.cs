using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Tests.Hosting;
using GeminiChat.Grains.Users;

namespace GeminiChat.Grains.Tests.Users;

public sealed class PhoneTests(GrainTestCluster cluster) : IClassFixture<GrainTestCluster>
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly PhoneDriver _phone = new(cluster);

    [Fact]
    public async Task The_right_code_creates_the_user_and_works_once()
    {
        var code = await _phone.NewCode();
        Assert.Matches("^[0-9]{6}$", code);
        var user = await _phone.SignIn(code);
        Assert.NotNull(user);
        Assert.Equal(_phone.Number, (await cluster.Grains.User(user.Value).GetProfile())!.MobileNumber);
        Assert.Null(await _phone.SignIn(code));
    }

    [Fact]
    public async Task A_number_keeps_its_user()
    {
        var first = await _phone.SignIn(await _phone.NewCode());
        await cluster.Deactivate(_phone.Grain);
        Assert.Equal(first, await _phone.SignIn(await _phone.NewCode()));
    }

    [Fact]
    public async Task Fifty_parallel_checks_of_the_right_code_let_one_in()
    {
        var code = await _phone.NewCode();
        var users = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _phone.SignIn(code)));
        Assert.Single(users, user => user is not null);
    }

    [Fact]
    public async Task Five_wrong_guesses_end_a_code_even_across_a_restart()
    {
        var code = await _phone.NewCode();
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => _phone.SignIn(PhoneDriver.WrongCode(code))));
        await cluster.Deactivate(_phone.Grain);
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => _phone.SignIn(PhoneDriver.WrongCode(code))));
        Assert.Null(await _phone.SignIn(code));
        cluster.Time.Advance(Minute);
        Assert.NotNull(await _phone.SignIn(await _phone.NewCode()));
    }

    [Fact]
    public async Task A_password_reset_whose_code_was_consumed_completes_despite_database_failures()
    {
        var id = await _phone.SignIn(await _phone.NewCode());
        var user = cluster.Grains.User(id!.Value);
        var code = await _phone.NewCode(CodePurpose.Reset);
        await cluster.Deactivate(user);
        cluster.UserStoreFaults.IsUnavailable = true;
        await Assert.ThrowsAnyAsync<Exception>(() => _phone.Grain.ResetPassword(code, "the new hash"));
        cluster.UserStoreFaults.IsUnavailable = false;

        await cluster.Deactivate(_phone.Grain);
        await _phone.Grain.BeginLogin();
        Assert.Equal("the new hash", (await cluster.Grains.UserSecurity(id.Value).GetCredentials())!.PasswordHash);
    }

    [Fact]
    public async Task Four_wrong_guesses_leave_the_code_valid()
    {
        var code = await _phone.NewCode();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _phone.SignIn(PhoneDriver.WrongCode(code))));
        Assert.NotNull(await _phone.SignIn(code));
    }

    [Fact]
    public async Task Guesses_without_an_active_code_are_not_counted()
    {
        await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => _phone.SignIn("123456")));
        Assert.NotNull(await _phone.SignIn(await _phone.NewCode()));
    }

    [Fact]
    public async Task Without_a_request_id_the_newest_code_is_used_and_the_older_stays_valid_for_its_request()
    {
        var old = Assert.IsType<IssueCodeOutcome.Issued>(await _phone.RequestCode(CodePurpose.SignIn));
        cluster.Time.Advance(Minute);
        var code = await _phone.NewCode();
        if (old.Code.Code != code)
        {
            Assert.Null(await _phone.SignIn(old.Code.Code));
        }

        Assert.NotNull(await _phone.SignIn(code));
        await cluster.Deactivate(_phone.Grain);
        Assert.NotNull(await _phone.SignIn(old.Code.Code, old.RequestId));
    }

    [Fact]
    public void Codes_stored_by_the_previous_version_are_accepted_as_the_newest()
    {
        var now = cluster.Time.GetUtcNow();
        var stored = new PhoneState
        {
            LegacySignInCode = new StoredCode([1], now),
            LegacyResetCode = new StoredCode([2], now),
        };

        Assert.Equal(stored.LegacySignInCode, stored.FindGuessedCode(CodePurpose.SignIn, requestId: null, now));
        Assert.Equal(stored.LegacyResetCode.Hash, stored.FindGuessedCode(CodePurpose.Reset, requestId: null, now)!.Hash);

        var next = stored.AddCode(new StoredCode([3], now, RequestId: Guid.CreateVersion7(now)), now).RemoveCodes(code => code.Purpose is CodePurpose.Reset);
        Assert.Equal([1, 3], next.AllCodes().Select(code => code.Hash.Single()));
        Assert.Equal([3], next.LegacySignInCode!.Hash);
        Assert.Null(next.LegacyResetCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Unknown_devices_have_fifty_guesses_a_day_in_any_order(bool isNamedFirst)
    {
        const int PerDay = 10;
        var (phone, now, guesses) = (new PhoneState(), cluster.Time.GetUtcNow(), 0);
        for (var end = now + TimeSpan.FromDays(1); now < end; now += 10 * Minute)
        {
            var request = Guid.CreateVersion7(now);
            if (phone.CheckCodeLimits(CodePurpose.SignIn, device: null, PerDay, now) is null)
            {
                phone = phone.CountCode(CodePurpose.SignIn, PerDay, now).AddCode(new StoredCode([1], now, RequestId: request), now);
            }

            foreach (var named in new Guid?[] { isNamedFirst ? request : null, isNamedFirst ? null : request })
            {
                while (phone.FindGuessedCode(CodePurpose.SignIn, named, now) is { } code
                    && phone.CountWrongGuess(code, new CodeGuess(named, PerDay), now) is { } guessed)
                {
                    (phone, guesses) = (guessed, guesses + 1);
                }
            }
        }

        Assert.Equal(5 * PerDay, guesses);
    }

    [Fact]
    public async Task A_new_code_is_sent_at_most_once_a_minute_and_a_refused_request_keeps_the_old_code_valid()
    {
        var code = await _phone.NewCode();
        var refused = Assert.IsType<IssueCodeOutcome.RateLimited>(await _phone.RequestCode(CodePurpose.SignIn));
        Assert.InRange(refused.RetryAfter, TimeSpan.FromSeconds(50), Minute);
        Assert.NotNull(await _phone.SignIn(code));
        Assert.IsType<IssueCodeOutcome.Issued>(await _phone.RequestCode(CodePurpose.SignIn));
    }

    [Fact]
    public async Task At_most_five_codes_are_sent_in_ten_minutes()
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.NotNull(await _phone.SignIn(await _phone.NewCode()));
        }

        var refused = Assert.IsType<IssueCodeOutcome.RateLimited>(await _phone.RequestCode(CodePurpose.SignIn));
        Assert.InRange(refused.RetryAfter, TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(10));
        cluster.Time.Advance(refused.RetryAfter);
        Assert.IsType<IssueCodeOutcome.Issued>(await _phone.RequestCode(CodePurpose.SignIn));
    }

    [Fact]
    public async Task Many_reset_requests_leave_the_owner_codes_to_sign_in()
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.IsType<IssueCodeOutcome.Issued>(await _phone.RequestCode(CodePurpose.Reset));
            Assert.IsType<IssueCodeOutcome.RateLimited>(await _phone.RequestCode(CodePurpose.Reset));
            cluster.Time.Advance(Minute);
        }

        Assert.IsType<IssueCodeOutcome.RateLimited>(await _phone.RequestCode(CodePurpose.Reset));
        Assert.NotNull(await _phone.SignIn(await _phone.NewCode()));
        Assert.NotNull(await _phone.SignIn(await _phone.NewCode()));
    }

    [Fact]
    public async Task A_code_is_valid_for_ten_minutes()
    {
        var code = await _phone.NewCode();
        cluster.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Null(await _phone.SignIn(code));

        var next = await _phone.NewCode();
        cluster.Time.Advance(TimeSpan.FromMinutes(9));
        Assert.NotNull(await _phone.SignIn(next));
    }

    [Fact]
    public async Task A_code_is_valid_only_for_its_purpose_and_number()
    {
        var user = await _phone.SignIn(await _phone.NewCode());
        var signIn = await _phone.NewCode();
        var reset = await _phone.NewCode(CodePurpose.Reset);
        if (signIn == reset)
        {
            return;
        }

        Assert.IsType<CodeCheckOutcome.Invalid>(await _phone.Grain.ResetPassword(signIn, "hash"));
        Assert.Null(await _phone.SignIn(reset));
        var other = new PhoneDriver(cluster);
        await other.NewCode();
        Assert.Null(await other.SignIn(signIn));
        Assert.Equal(new CodeCheckOutcome.Valid(user!.Value), await _phone.Grain.ResetPassword(reset, "hash"));
    }

    [Fact]
    public async Task A_reset_code_for_a_number_without_account_is_a_decoy()
    {
        var made = Assert.IsType<IssueCodeOutcome.Issued>(await _phone.RequestCode(CodePurpose.Reset));
        Assert.True(made.IsDecoy);
        Assert.Matches("^[0-9]{6}$", made.Code.Code);
        Assert.IsType<CodeCheckOutcome.Invalid>(await _phone.Grain.ResetPassword(made.Code.Code, "hash"));
        Assert.Null(await _phone.SignIn(made.Code.Code));
        Assert.Equal(new LoginOutcome.Allowed(null), await _phone.Grain.BeginLogin());
    }
}
