using GeminiChat.Gateway.Settings;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Running;
using GeminiChat.ServiceDefaults.Settings;
using GeminiChat.ServiceDefaults.Startup;
using GeminiChat.Silo.Hosting;

namespace GeminiChat.Gateway.Tests.Settings;

/// <summary>What each setting accepts. <c>StartErrorTests</c> has what a process writes that cannot start.</summary>
public sealed class SettingsTests : IDisposable
{
    private const string Secret = $"SECRET_KEY={GatewayFixture.SecretKey}";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Development", "SECRET_KEY=short", "SECRET_KEY has 5 bytes")]
    [InlineData("Production", "", "SECRET_KEY is not set")]
    [InlineData("Production", "SECRET_KEY=short", "SECRET_KEY has 5 bytes")]
    [InlineData("Production", Secret + ";OTP_DELIVERY=response", "OTP_DELIVERY=response")]
    [InlineData("Development", "OTP_DELIVERY=twilio;TWILIO_AUTH_TOKEN=t;TWILIO_FROM=+15005550006", "TWILIO_ACCOUNT_SID must be")]
    [InlineData("Development", "OTP_DELIVERY=twilio;TWILIO_ACCOUNT_SID=AC1;TWILIO_FROM=+15005550006", "TWILIO_AUTH_TOKEN is not set")]
    [InlineData("Development", "OTP_DELIVERY=twilio;TWILIO_ACCOUNT_SID=AC1;TWILIO_AUTH_TOKEN=t", "TWILIO_FROM or TWILIO_MESSAGING_SERVICE_SID")]
    [InlineData("Development", "OTP_DELIVERY=twilio;TWILIO_ACCOUNT_SID=AC1;TWILIO_AUTH_TOKEN=t;TWILIO_FROM=a;TWILIO_API_BASE=http://a/b", "TWILIO_API_BASE must be")]
    [InlineData("Development", "OTP_DAILY_SENDS=many", "OTP_DAILY_SENDS must be")]
    [InlineData("Development", "OTP_DAILY_SENDS=100001", "OTP_DAILY_SENDS must be")]
    [InlineData("Development", "OTP_NUMBER_DAILY_SENDS=many", "OTP_NUMBER_DAILY_SENDS must be")]
    [InlineData("Development", "OTP_NUMBER_DAILY_SENDS=101", "OTP_NUMBER_DAILY_SENDS must be")]
    [InlineData("Development", "OTP_DELIVERY=log;OTP_NUMBER_DAILY_SENDS=0", "OTP_NUMBER_DAILY_SENDS must be")]
    [InlineData("Development", "OTP_BLOCKED_PREFIXES=882", "OTP_BLOCKED_PREFIXES must be")]
    [InlineData("Development", "OTP_ALLOWED_COUNTRIES=US,Atlantis", "OTP_ALLOWED_COUNTRIES must be")]
    [InlineData("Development", "OTP_ALLOWED_COUNTRIES=+999", "OTP_ALLOWED_COUNTRIES must be")]
    [InlineData("Development", "AUTH_REQUESTS_PER_MINUTE_PER_IP=-1", "AUTH_REQUESTS_PER_MINUTE_PER_IP must be")]
    [InlineData("Development", "CORS_ORIGINS=*", "CORS_ORIGINS must be")]
    [InlineData("Development", "CORS_ORIGINS=app.example.com", "CORS_ORIGINS must be")]
    [InlineData("Development", "CORS_ORIGINS=https://app.example.com/page", "CORS_ORIGINS must be")]
    [InlineData("Development", "CORS_ORIGINS=https://a.example.com,https://*.com", "CORS_ORIGINS must be")]
    [InlineData("Production", Secret + ";OIDC_ISSUER=http://issuer.example.com;OIDC_AUDIENCE=api", "OIDC_ISSUER must be")]
    [InlineData("Development", "OIDC_ISSUER=issuer;OIDC_AUDIENCE=api", "OIDC_ISSUER must be")]
    [InlineData("Development", "OIDC_AUDIENCE=api", "OIDC_ISSUER must be")]
    [InlineData("Development", "OIDC_ISSUER=https://a.example.com", "OIDC_AUDIENCE is not set")]
    [InlineData("Development", "OIDC_ISSUER_9=https://a.example.com", "OIDC_AUDIENCE_9 is not set")]
    [InlineData("Development", "OIDC_ISSUER=https://a.example.com;OIDC_AUDIENCE=api;OIDC_ISSUER_3=https://a.example.com/;OIDC_AUDIENCE_3=api", "OIDC_ISSUER_3 names")]
    [InlineData("Development", "TRUSTED_PROXIES=proxy", "TRUSTED_PROXIES must be")]
    [InlineData("Development", "USER_REQUESTS_PER_MINUTE=many", "USER_REQUESTS_PER_MINUTE must be")]
    [InlineData("Development", "USER_REPLY_STREAMS=-1", "USER_REPLY_STREAMS must be")]
    [InlineData("Development", "USER_REQUESTS_PER_MINUTE=60001", "USER_REQUESTS_PER_MINUTE must be")]
    [InlineData("Development", "HSTS_MAX_AGE_DAYS=ever", "HSTS_MAX_AGE_DAYS must be")]
    [InlineData("Development", "SECRET_KEY_PREVIOUS=short", "SECRET_KEY_PREVIOUS holds")]
    [InlineData("Development", "ALGORITHM=RS256", "JWT_PRIVATE_KEY_FILE is not set")]
    [InlineData("Development", "ALGORITHM=ES256;JWT_PRIVATE_KEY_FILE=nowhere.pem", "JWT_PRIVATE_KEY_FILE must be")]
    [InlineData("Development", "OTP_DELIVERY=pigeon", "OTP_DELIVERY must be")]
    [InlineData("Development", "ALGORITHM=none", "ALGORITHM must be HS256")]
    [InlineData("Development", "ACCESS_TOKEN_EXPIRE_MINUTES=soon", "ACCESS_TOKEN_EXPIRE_MINUTES must be")]
    [InlineData("Development", "ACCESS_TOKEN_EXPIRE_MINUTES=0", "ACCESS_TOKEN_EXPIRE_MINUTES must be")]
    [InlineData("Development", "PUBLIC_URL=chat.example.org", "PUBLIC_URL must be")]
    [InlineData("Development", "PUBLIC_URL=https://example.org/v1", "PUBLIC_URL must be")]
    [InlineData("Production", Secret + ";STRIPE_SECRET_KEY=sk_test_1;STRIPE_PRO_PRICE_ID=price_1;STRIPE_WEBHOOK_SECRET=whsec_a", "PUBLIC_URL is not set")]
    [InlineData("Production", Secret + ";STRIPE_WEBHOOK_SECRET=whsec_a", "PUBLIC_URL is not set")]
    [InlineData("Development", "STRIPE_SECRET_KEY=sk_test_1;STRIPE_PRO_PRICE_ID=price_1", "STRIPE_WEBHOOK_SECRET is not set")]
    [InlineData("Development", "STRIPE_SECRET_KEY=sk_test_1;STRIPE_PRO_PRICE_ID=price_1;STRIPE_WEBHOOK_SECRET=", "STRIPE_WEBHOOK_SECRET is not set")]
    [InlineData("Development", "STRIPE_SECRET_KEY=sk_test_1;STRIPE_WEBHOOK_SECRET=whsec_a", "STRIPE_PRO_PRICE_ID is not set")]
    [InlineData("Development", "STRIPE_SECRET_KEY=sk_test_1;STRIPE_PRO_PRICE_ID=price_1,;STRIPE_WEBHOOK_SECRET=whsec_a", "STRIPE_PRO_PRICE_ID must be")]
    [InlineData("Development", "STRIPE_API_BASE=https://example.org/v1", "STRIPE_API_BASE must be")]
    [InlineData("Development", "SUBSCRIPTION_GRACE_DAYS=31", "SUBSCRIPTION_GRACE_DAYS must be")]
    [InlineData("Development", "SUBSCRIPTION_GRACE_DAYS=-1", "SUBSCRIPTION_GRACE_DAYS must be")]
    [InlineData("Development", "CHAT_RETENTION_DAYS=36501", "CHAT_RETENTION_DAYS must be")]
    [InlineData("Development", "CHAT_RETENTION_DAYS=-1", "CHAT_RETENTION_DAYS must be")]
    [InlineData("Development", "STRIPE_WEBHOOK_SECRET=  ", "STRIPE_WEBHOOK_SECRET has a blank")]
    [InlineData("Development", "STRIPE_WEBHOOK_SECRET=whsec_a, ,whsec_b", "STRIPE_WEBHOOK_SECRET has a blank")]
    [InlineData("Development", "STRIPE_WEBHOOK_SECRET=whsec_a,", "STRIPE_WEBHOOK_SECRET has a blank")]
    public async Task A_wrong_setting_ends_the_program_with_one_line_that_names_it(string environment, string settings, string expected)
    {
        using var errors = new StringWriter();
        string[] secret = environment is "Development" ? [$"--{Secret}"] : [];
        string[] arguments =
        [
            $"--environment={environment}", "--urls=http://127.0.0.1:0", $"--DATABASE_URL=sqlite:///{_folder.Path}/test.db", .. secret,
            .. settings.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(setting => $"--{setting}"),
        ];

        var exitCode = await HostRunner.RunAsync(
            () => GatewayApp.Build(arguments, builder => builder.AddSilo(ClusterSettings.Read(builder.Configuration))),
            SiloHosting.PrepareStore,
            errors).WaitAsync(Deadline.Timeout);

        Assert.NotEqual(0, exitCode);
        var line = Assert.Single(errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith(expected, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Empty_settings_count_as_not_set()
    {
        await using var gateway = await GatewayFixture.StartAsync(
            ["--ALGORITHM=", "--OTP_DELIVERY=", "--ACCESS_TOKEN_EXPIRE_MINUTES=", "--PUBLIC_URL=", "--STRIPE_SECRET_KEY=", "--STRIPE_WEBHOOK_SECRET="]);

        Assert.NotEmpty(gateway.TokenOf(await gateway.NewUserWithRoom()));
    }

    [Fact]
    public async Task Twenty_processes_that_start_at_once_share_one_secret_file_readable_by_its_owner_only()
    {
        var path = Path.Combine(_folder.Path, "data", "secret.key");

        var keys = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => SecretKeyFile.ReadOrCreate(path))));

        var key = Assert.Single(keys.Distinct(StringComparer.Ordinal));
        Assert.Equal(32, Convert.FromBase64String(key).Length);
        Assert.Equal(key, SecretKeyFile.ReadOrCreate(path));
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(path) is (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.Equal([path, $"{path}.lock"], Directory.GetFiles(Path.GetDirectoryName(path)!).Order(StringComparer.Ordinal));
    }
}
