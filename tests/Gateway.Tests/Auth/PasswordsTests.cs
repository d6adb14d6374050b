using GeminiChat.Gateway.Auth;
using Microsoft.AspNetCore.Identity;

namespace GeminiChat.Gateway.Tests.Auth;

public sealed class PasswordsTests
{
    // Of the lowest cost there is, made by libxcrypt of another password.
    private const string Bcrypt = "$2b$04$......................dvbDwmy3yFVPyrD36JR/BiIsCrBO4yW";

    private readonly CountingHasher _hasher = new();

    [Theory]
    [InlineData(null)]
    [InlineData(Bcrypt)]
    public async Task A_wrong_password_costs_a_whole_check_whatever_is_stored(string? hash)
    {
        using var passwords = new Passwords(_hasher);

        Assert.Equal(PasswordVerdict.Wrong, await passwords.CheckAsync(hash, "a password", PasswordTurn.OfAnybody(PasswordQueue.Login), TestContext.Current.CancellationToken));
        Assert.Equal(1, _hasher.Checks);
    }

    [Theory]
    [InlineData("$2")]
    [InlineData("$2b")]
    [InlineData("$2b$")]
    [InlineData("$2b$12")]
    [InlineData("$2b$12$short")]
    [InlineData("$2b$ab$......................mHDjyCxq9q2ZJrBQ1eYwRNqRtH4.TO2")]
    [InlineData("$2b$99$......................mHDjyCxq9q2ZJrBQ1eYwRNqRtH4.TO2")]
    [InlineData("$2b$04$!!!!!!!!!!!!!!!!!!!!!!mHDjyCxq9q2ZJrBQ1eYwRNqRtH4.TO2")]
    public async Task What_only_begins_as_a_hash_matches_nothing(string hash)
    {
        using var passwords = new Passwords(_hasher);

        Assert.Equal(PasswordVerdict.Wrong, await passwords.CheckAsync(hash, "a password", PasswordTurn.OfAnybody(PasswordQueue.Login), TestContext.Current.CancellationToken));
    }

    private sealed class CountingHasher : PasswordHasher<Passwords>
    {
        public int Checks { get; private set; }

        public override PasswordVerificationResult VerifyHashedPassword(Passwords user, string hashedPassword, string providedPassword)
        {
            Checks++;
            return base.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
    }
}
