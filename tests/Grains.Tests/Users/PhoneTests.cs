using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Users;

public sealed class PhoneTests(RoomCluster cluster) : IClassFixture<RoomCluster>
{
    private static int _numbers = 4000;

    private readonly IPhoneGrain _phone = cluster.Grains.Phone($"+1415555{Interlocked.Increment(ref _numbers)}");

    [Fact]
    public async Task The_right_code_creates_the_user_and_works_once()
    {
        var code = await _phone.NewCode();
        Assert.Matches("^[0-9]{6}$", code.Code);
        var user = await _phone.Verify(code.Code);
        Assert.NotNull(user);
        Assert.Equal(_phone.GetPrimaryKeyString(), (await cluster.Grains.User(user.Value).GetProfile())!.MobileNumber);
        Assert.Null(await _phone.Verify(code.Code));
    }

    [Fact]
    public async Task A_number_keeps_its_user()
    {
        var first = await _phone.Verify((await _phone.NewCode()).Code);
        await cluster.Forget(_phone);
        Assert.Equal(first, await _phone.Verify((await _phone.NewCode()).Code));
    }

    [Fact]
    public async Task Fifty_parallel_checks_of_the_right_code_let_one_in()
    {
        var code = await _phone.NewCode();
        var users = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _phone.Verify(code.Code)));
        Assert.Single(users, user => user is not null);
    }

    [Fact]
    public async Task Five_wrong_guesses_end_a_code_also_across_a_restart()
    {
        var code = await _phone.NewCode();
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => _phone.Verify(Wrong(code))));
        await cluster.Forget(_phone);
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => _phone.Verify(Wrong(code))));
        Assert.Null(await _phone.Verify(code.Code));
        Assert.NotNull(await _phone.Verify((await _phone.NewCode()).Code));
    }

    [Fact]
    public async Task Four_wrong_guesses_leave_the_code_valid()
    {
        var code = await _phone.NewCode();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _phone.Verify(Wrong(code))));
        Assert.NotNull(await _phone.Verify(code.Code));
    }

    [Fact]
    public async Task A_new_code_ends_the_old_one()
    {
        var old = await _phone.NewCode();
        var code = await _phone.NewCode();
        if (old.Code != code.Code)
        {
            Assert.Null(await _phone.Verify(old.Code));
        }

        Assert.NotNull(await _phone.Verify(code.Code));
    }

    [Fact]
    public async Task A_code_is_valid_for_ten_minutes()
    {
        var code = await _phone.NewCode();
        cluster.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Null(await _phone.Verify(code.Code));

        var next = await _phone.NewCode();
        cluster.Time.Advance(TimeSpan.FromMinutes(9));
        Assert.NotNull(await _phone.Verify(next.Code));
    }

    [Fact]
    public async Task A_sign_up_counts_once_its_number_is_verified_by_a_code_sent_after_it()
    {
        var pending = Assert.IsType<SignUpOutcome.Pending>(await _phone.SignUp(new SignUp("Eve", "hash of eve's")));
        Assert.Null(await cluster.Grains.User(pending.UserId).GetProfile());
        await _phone.SignUp(new SignUp("Ada", "hash of ada's"));
        var user = await _phone.Verify((await _phone.NewCode()).Code);
        Assert.Equal(pending.UserId, user);
        Assert.Equal("Ada", (await cluster.Grains.User(pending.UserId).GetProfile())!.Name);
        Assert.IsType<SignUpOutcome.NumberTaken>(await _phone.SignUp(new SignUp("Eve", "hash of eve's")));
    }

    [Fact]
    public async Task A_code_sent_before_a_sign_up_does_not_confirm_it()
    {
        var code = await _phone.NewCode();
        cluster.Time.Advance(TimeSpan.FromSeconds(1));
        await _phone.SignUp(new SignUp("Eve", "hash of eve's"));
        var user = await _phone.Verify(code.Code);
        Assert.Null((await cluster.Grains.User(user!.Value).GetProfile())!.Name);
    }

    [Fact]
    public async Task A_sign_up_waits_for_fifteen_minutes()
    {
        await _phone.SignUp(new SignUp("Eve", "hash of eve's"));
        cluster.Time.Advance(TimeSpan.FromMinutes(15));
        var user = await _phone.Verify((await _phone.NewCode()).Code);
        Assert.Null((await cluster.Grains.User(user!.Value).GetProfile())!.Name);
    }

    private static string Wrong(OneTimeCode code) => code.Code == "000000" ? "000001" : "000000";
}
