using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Running;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace GeminiChat.Gateway.Tests.Auth;

/// <summary>The keys that sign access tokens, and how they are rolled.</summary>
public sealed class TokenKeyTests(TokenKeyTests.RotatedSecretFixture secrets) : IClassFixture<TokenKeyTests.RotatedSecretFixture>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("RS256")]
    [InlineData("ES256")]
    public async Task Tokens_are_signed_with_the_key_file_and_carry_its_key_id(string algorithm)
    {
        await using var gateway = await GatewayFixture.StartAsync(Signing(algorithm, Key(algorithm, "key")));
        var token = gateway.TokenOf(await gateway.NewUserWithRoom());
        var read = new JsonWebToken(token);
        Assert.Equal((algorithm, "at+jwt"), (read.Alg, read.Typ));
        Assert.Equal(43, read.Kid.Length);
        Assert.Equal(HttpStatusCode.OK, await Get(gateway, token));
    }

    [Fact]
    public async Task A_token_signed_with_the_public_key_as_secret_is_refused()
    {
        var key = Key("RS256", "key");
        await using var gateway = await GatewayFixture.StartAsync(Signing("RS256", key));
        var good = new JsonWebToken(gateway.TokenOf(await gateway.NewUserWithRoom()));
        foreach (var secret in new[] { await File.ReadAllBytesAsync(key.Public), Encoding.UTF8.GetBytes(GatewayFixture.SecretKey) })
        {
            var header = Base64UrlEncoder.Encode($$"""{"alg":"HS256","typ":"at+jwt","kid":"{{good.Kid}}"}""");
            var signature = Base64UrlEncoder.Encode(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes($"{header}.{good.EncodedPayload}")));
            Assert.Equal(HttpStatusCode.Unauthorized, await Get(gateway, $"{header}.{good.EncodedPayload}.{signature}"));
        }
    }

    [Fact]
    public async Task Tokens_of_a_rotated_key_are_accepted_while_the_key_is_listed()
    {
        var (old, next) = (Key("ES256", "old"), Key("ES256", "next"));
        await using var before = await GatewayFixture.StartAsync(Signing("ES256", old));
        var token = before.TokenOf(await before.NewUserWithRoom());
        await using var listed = await GatewayFixture.StartAsync([.. Signing("ES256", next), $"--JWT_PUBLIC_KEY_FILES={old.Public}"]);
        await using var gone = await GatewayFixture.StartAsync(Signing("ES256", next));

        Assert.Equal(HttpStatusCode.OK, await Get(listed, token));
        Assert.Equal(HttpStatusCode.Unauthorized, await Get(gone, token));
        Assert.NotEqual(new JsonWebToken(token).Kid, new JsonWebToken(listed.TokenOf(await listed.NewUserWithRoom())).Kid);
    }

    [Fact]
    public async Task Tokens_of_a_rotated_secret_are_accepted_while_the_secret_is_listed()
    {
        var (before, listed, gone) = (secrets.Before, secrets.Listed, secrets.Gone);
        var token = before.TokenOf(await before.NewUserWithRoom());

        Assert.Equal(HttpStatusCode.OK, await Get(listed, token));
        Assert.Equal(HttpStatusCode.Unauthorized, await Get(gone, token));
        Assert.Equal(HttpStatusCode.Unauthorized, await Get(before, listed.TokenOf(await listed.NewUserWithRoom())));
    }

    [Fact]
    public async Task A_refresh_repeated_after_a_secret_rotation_gives_tokens_of_the_new_secret()
    {
        var (before, listed, gone) = (secrets.Before, secrets.Listed, secrets.Gone);
        var ada = await before.NewUser().SignIn();
        var spent = ada.RefreshToken;
        await ada.StoreTokens(await ada.ExchangeRefreshToken(spent, "first"));

        await ada.StoreTokens(await ada.ExchangeRefreshToken(spent, "first", listed.CreateAnonymousClient()));

        await ada.StoreTokens(await ada.ExchangeRefreshToken(ada.RefreshToken, "second", gone.CreateAnonymousClient()));
        await ada.StoreTokens(await ada.ExchangeRefreshToken(ada.RefreshToken, key: null, listed.CreateAnonymousClient()));
    }

    [Theory]
    [InlineData("RS256", "ES256")]
    [InlineData("ES256", "RS256")]
    public async Task A_key_of_another_kind_or_without_its_private_half_refuses_to_start(string algorithm, string other)
    {
        var (good, bad) = (Key(algorithm, "good"), Key(other, "bad"));
        var failure = (string[] settings) => Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(
            () => GatewayFixture.StartAsync(settings));
        Assert.StartsWith("JWT_PRIVATE_KEY_FILE", (await failure(Signing(algorithm, bad))).Message, StringComparison.Ordinal);
        Assert.StartsWith("JWT_PRIVATE_KEY_FILE", (await failure(Signing(algorithm, (good.Public, good.Public)))).Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "JWT_PUBLIC_KEY_FILES",
            (await failure([.. Signing(algorithm, good), $"--JWT_PUBLIC_KEY_FILES={bad.Public}"])).Message,
            StringComparison.Ordinal);
    }

    private static string[] Signing(string algorithm, (string Private, string Public) key) =>
        [$"--ALGORITHM={algorithm}", $"--JWT_PRIVATE_KEY_FILE={key.Private}"];

    private static async Task<HttpStatusCode> Get(GatewayFixture gateway, string token)
    {
        using var http = gateway.CreateAnonymousClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return (await http.GetAsync("/user/me")).StatusCode;
    }

    private (string Private, string Public) Key(string algorithm, string name)
    {
        using AsymmetricAlgorithm key = algorithm is "RS256" ? RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var files = (Path.Combine(_folder.Path, $"{name}.pem"), Path.Combine(_folder.Path, $"{name}.pub.pem"));
        File.WriteAllText(files.Item1, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(files.Item2, key.ExportSubjectPublicKeyInfoPem());
        return files;
    }

    /// <summary>Gateways with the old secret, with the new one beside it, and with the new one alone.</summary>
    public sealed class RotatedSecretFixture : IAsyncLifetime
    {
        private const string OldSecret = "the old secret key of 32 bytes or more";
        private const string NewSecret = "the new secret key of 32 bytes or more";

        internal GatewayFixture Before { get; } = new([$"--SECRET_KEY={OldSecret}"]);

        internal GatewayFixture Listed { get; } = new(
            [$"--SECRET_KEY={NewSecret}", $"--SECRET_KEY_PREVIOUS=yet another secret that is long enough,{OldSecret}"]);

        internal GatewayFixture Gone { get; } = new([$"--SECRET_KEY={NewSecret}"]);

        public async ValueTask InitializeAsync()
        {
            await Before.InitializeAsync();
            await Listed.InitializeAsync();
            await Gone.InitializeAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await Gone.DisposeAsync();
            await Listed.DisposeAsync();
            await Before.DisposeAsync();
        }
    }
}
