using GeminiChat.Gateway.Auth;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace GeminiChat.Gateway.Tests.Auth;

public sealed class ThrottledPasswordHasherTests
{
    // Of the lowest cost there is, made by libxcrypt of another password.
    private const string Bcrypt = "$2b$04$......................dvbDwmy3yFVPyrD36JR/BiIsCrBO4yW";

    private readonly CountingPasswordHasher _hasher = new();

    [Theory]
    [InlineData(null)]
    [InlineData(Bcrypt)]
    public async Task A_wrong_password_costs_one_full_hash_check_whatever_is_stored(string? hash)
    {
        using var passwords = new ThrottledPasswordHasher(_hasher, Options.Create(new PasswordHasherOptions()));

        Assert.Equal(PasswordVerifyOutcome.Wrong, await passwords.VerifyAsync(hash, "a password", new PasswordQueueEntry(PasswordQueue.Login), TestContext.Current.CancellationToken));
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
    public async Task A_malformed_hash_matches_no_password(string hash)
    {
        using var passwords = new ThrottledPasswordHasher(_hasher, Options.Create(new PasswordHasherOptions()));

        Assert.Equal(PasswordVerifyOutcome.Wrong, await passwords.VerifyAsync(hash, "a password", new PasswordQueueEntry(PasswordQueue.Login), TestContext.Current.CancellationToken));
    }

    private sealed class CountingPasswordHasher : PasswordHasher<ThrottledPasswordHasher>
    {
        public int Checks { get; private set; }

        public override PasswordVerificationResult VerifyHashedPassword(ThrottledPasswordHasher user, string hashedPassword, string providedPassword)
        {
            Checks++;
            return base.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
    }
}
