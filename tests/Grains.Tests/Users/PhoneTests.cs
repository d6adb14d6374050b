using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Tests.Hosting;
using GeminiChat.Grains.Users;

namespace GeminiChat.Grains.Tests.Users;

public sealed class PhoneTests(RoomCluster cluster) : IClassFixture<RoomCluster>
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly TestPhone _phone = new(cluster);

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
        await cluster.Forget(_phone.Grain);
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
    public async Task Five_wrong_guesses_end_a_code_also_across_a_restart()
    {
        var code = await _phone.NewCode();
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => _phone.SignIn(TestPhone.Wrong(code))));
        await cluster.Forget(_phone.Grain);
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => _phone.SignIn(TestPhone.Wrong(code))));
        Assert.Null(await _phone.SignIn(code));
        cluster.Time.Advance(Minute);
        Assert.NotNull(await _phone.SignIn(await _phone.NewCode()));
    }

    [Fact]
    public async Task A_reset_whose_code_is_used_up_arrives_however_the_database_fails()
    {
        var id = await _phone.SignIn(await _phone.NewCode());
        var user = cluster.Grains.User(id!.Value);
        var code = await _phone.NewCode(CodePurpose.Reset);
        await cluster.Forget(user);
        cluster.Users.IsAway = true;
        await Assert.ThrowsAnyAsync<Exception>(() => _phone.Grain.ResetPassword(code, "the new hash"));
        cluster.Users.IsAway = false;

        await cluster.Forget(_phone.Grain);
        await _phone.Grain.BeginLogin();
        Assert.Equal("the new hash", (await cluster.Grains.UserSecurity(id.Value).GetCredentials())!.PasswordHash);
    }

    [Fact]
    public async Task Four_wrong_guesses_leave_the_code_valid()
    {
        var code = await _phone.NewCode();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _phone.SignIn(TestPhone.Wrong(code))));
        Assert.NotNull(await _phone.SignIn(code));
    }

    [Fact]
    public async Task Guesses_at_no_code_are_not_counted()
    {
        await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => _phone.SignIn("123456")));
        Assert.NotNull(await _phone.SignIn(await _phone.NewCode()));
    }

    [Fact]
    public async Task Where_no_request_is_named_the_newest_code_is_meant_and_the_older_one_stays_good_for_its_request()
    {
        var old = Assert.IsType<CodeOutcome.Issued>(await _phone.Ask(CodePurpose.SignIn));
        cluster.Time.Advance(Minute);
        var code = await _phone.NewCode();
        if (old.Code.Code != code)
        {
            Assert.Null(await _phone.SignIn(old.Code.Code));
        }

        Assert.NotNull(await _phone.SignIn(code));
        await cluster.Forget(_phone.Grain);
        Assert.NotNull(await _phone.SignIn(old.Code.Code, old.RequestId));
    }

    [Fact]
    public void The_codes_that_the_version_before_has_stored_are_good_as_the_newest()
    {
        var now = cluster.Time.GetUtcNow();
        var stored = new PhoneState
        {
            Code = new StoredCode([1], now),
            ResetCode = new StoredCode([2], now),
        };

        Assert.Equal(stored.Code, stored.Find(CodePurpose.SignIn, requestId: null, now));
        Assert.Equal(stored.ResetCode.Hash, stored.Find(CodePurpose.Reset, requestId: null, now)!.Hash);

        var next = stored.Add(new StoredCode([3], now, RequestId: Guid.CreateVersion7(now)), now).Without(code => code.Purpose is CodePurpose.Reset);
        Assert.Equal([1, 3], next.AllCodes().Select(code => code.Hash.Single()));
        Assert.Equal([3], next.Code!.Hash);
        Assert.Null(next.ResetCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Unknown_devices_have_fifty_guesses_a_day_in_whatever_order(bool isNamedFirst)
    {
        const int PerDay = 10;
        var (phone, now, guesses) = (new PhoneState(), cluster.Time.GetUtcNow(), 0);
        for (var end = now + TimeSpan.FromDays(1); now < end; now += 10 * Minute)
        {
            var request = Guid.CreateVersion7(now);
            if (phone.RefuseCode(CodePurpose.SignIn, device: null, PerDay, now) is null)
            {
                phone = phone.CountCode(CodePurpose.SignIn, PerDay, now).Add(new StoredCode([1], now, RequestId: request), now);
            }

            foreach (var named in new Guid?[] { isNamedFirst ? request : null, isNamedFirst ? null : request })
            {
                while (phone.Find(CodePurpose.SignIn, named, now) is { } code
                    && phone.TryCountGuess(code, new CodeGuess(named, PerDay), now) is { } guessed)
                {
                    (phone, guesses) = (guessed, guesses + 1);
                }
            }
        }

        Assert.Equal(5 * PerDay, guesses);
    }

    [Fact]
    public async Task While_a_code_is_unused_there_is_a_new_one_once_a_minute_and_the_refused_wish_leaves_it_valid()
    {
        var code = await _phone.NewCode();
        var refused = Assert.IsType<CodeOutcome.TooSoon>(await _phone.Ask(CodePurpose.SignIn));
        Assert.InRange(refused.RetryAfter, TimeSpan.FromSeconds(50), Minute);
        Assert.NotNull(await _phone.SignIn(code));
        Assert.IsType<CodeOutcome.Issued>(await _phone.Ask(CodePurpose.SignIn));
    }

    [Fact]
    public async Task There_are_five_codes_in_ten_minutes_used_or_not()
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.NotNull(await _phone.SignIn(await _phone.NewCode()));
        }

        var refused = Assert.IsType<CodeOutcome.TooSoon>(await _phone.Ask(CodePurpose.SignIn));
        Assert.InRange(refused.RetryAfter, TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(10));
        cluster.Time.Advance(refused.RetryAfter);
        Assert.IsType<CodeOutcome.Issued>(await _phone.Ask(CodePurpose.SignIn));
    }

    [Fact]
    public async Task Whoever_floods_a_number_with_resets_leaves_its_owner_codes_to_sign_in_with()
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.IsType<CodeOutcome.Issued>(await _phone.Ask(CodePurpose.Reset));
            Assert.IsType<CodeOutcome.TooSoon>(await _phone.Ask(CodePurpose.Reset));
            cluster.Time.Advance(Minute);
        }

        Assert.IsType<CodeOutcome.TooSoon>(await _phone.Ask(CodePurpose.Reset));
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
    public async Task A_code_is_good_for_its_own_purpose_and_number_only()
    {
        var user = await _phone.SignIn(await _phone.NewCode());
        var signIn = await _phone.NewCode();
        var reset = await _phone.NewCode(CodePurpose.Reset);
        if (signIn == reset)
        {
            return;
        }

        Assert.IsType<CheckOutcome.Wrong>(await _phone.Grain.ResetPassword(signIn, "hash"));
        Assert.Null(await _phone.SignIn(reset));
        var other = new TestPhone(cluster);
        await other.NewCode();
        Assert.Null(await other.SignIn(signIn));
        Assert.Equal(new CheckOutcome.Right(user!.Value), await _phone.Grain.ResetPassword(reset, "hash"));
    }

    [Fact]
    public async Task The_reset_code_of_an_unknown_number_is_a_decoy_that_serves_nothing()
    {
        var made = Assert.IsType<CodeOutcome.Issued>(await _phone.Ask(CodePurpose.Reset));
        Assert.True(made.IsDecoy);
        Assert.Matches("^[0-9]{6}$", made.Code.Code);
        Assert.IsType<CheckOutcome.Wrong>(await _phone.Grain.ResetPassword(made.Code.Code, "hash"));
        Assert.Null(await _phone.SignIn(made.Code.Code));
        Assert.Equal(new LoginOutcome.Open(null), await _phone.Grain.BeginLogin());
    }
}
