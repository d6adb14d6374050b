using System.Net;
using System.Security.Cryptography;
using System.Text;
using GeminiChat.Gateway.Tests.Fixtures;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace GeminiChat.Gateway.Tests.Auth;

public sealed class AccessTokenTests(GatewayFixture gateway) : IAsyncLifetime
{
    private const string Header = """{"alg":"HS256","typ":"at+jwt"}""";

    // Of a user who is signed in, so that nothing but its flaw is wrong with a token.
    private static JsonWebToken _good = null!;

    public async ValueTask InitializeAsync() => _good = new JsonWebToken((await gateway.NewUserWithRoom()).Token);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public static TheoryData<string> Bad => [.. BadTokens.Keys];

    [Theory, MemberData(nameof(Bad))]
    public async Task An_invalid_access_token_is_refused_without_a_reason(string kind)
    {
        var response = await Get($"Bearer {BadTokens[kind]()}");

        Assert.Equal(
            "This needs a valid access token: Authorization: Bearer <token>.",
            await response.ReadProblemAsync(HttpStatusCode.Unauthorized));
        Assert.Equal("Bearer error=\"invalid_token\"", response.Headers.WwwAuthenticate.ToString());
    }

    [Theory]
    [InlineData("Basic YTpi")]
    [InlineData("Bearer")]
    [InlineData("nonsense")]
    public async Task Another_scheme_is_refused_like_a_bad_token(string authorization)
    {
        var response = await Get(authorization);

        await response.ReadProblemAsync(HttpStatusCode.Unauthorized);
        Assert.Equal("Bearer error=\"invalid_token\"", response.Headers.WwwAuthenticate.ToString());
    }

    [Theory]
    [InlineData("GET", "/user/me")]
    [InlineData("GET", "/auth/me")]
    [InlineData("GET", "/chatroom")]
    [InlineData("POST", "/chatroom")]
    [InlineData("GET", "/chatroom/0199c8d8-0000-7000-8000-000000000000")]
    [InlineData("POST", "/chatroom/0199c8d8-0000-7000-8000-000000000000/message")]
    [InlineData("GET", "/chatroom/0199c8d8-0000-7000-8000-000000000000/message/2")]
    [InlineData("POST", "/chatroom/0199c8d8-0000-7000-8000-000000000000/message/2/stop")]
    public async Task Every_user_route_requires_an_access_token(string method, string path)
    {
        var response = await gateway.CreateAnonymousClient().SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        await response.ReadProblemAsync(HttpStatusCode.Unauthorized);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task A_valid_access_token_can_be_used_repeatedly()
    {
        var token = Signed(Claims());

        Assert.Equal(HttpStatusCode.OK, (await Get($"Bearer {token}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Get($"Bearer {token}")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Get($"Bearer {token}x")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Get($"Basic {token}")).StatusCode);
    }

    [Fact]
    public async Task A_token_that_expired_20_seconds_ago_is_accepted_for_clock_skew()
    {
        Assert.Equal(HttpStatusCode.OK, (await Get($"Bearer {Signed(Claims(exp: -20))}")).StatusCode);
    }

    [Fact]
    public async Task Two_authorization_headers_are_refused_even_when_one_is_good()
    {
        var token = Signed(Claims());
        await Get($"Bearer {token}");
        using var client = new RawHttpClient(gateway.Address);

        var answer = await client.SendAsync($"GET /user/me HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 401", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_token_of_a_deleted_user_is_refused()
    {
        var response = await Get($"Bearer {Signed(Claims().Replace(_good.Subject, $"{Guid.CreateVersion7():D}", StringComparison.Ordinal))}");

        await response.ReadProblemAsync(HttpStatusCode.Unauthorized);
        Assert.Equal("Bearer error=\"invalid_token\"", response.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task An_issued_token_has_the_expected_header_and_claims()
    {
        var user = await gateway.NewUserWithRoom();

        var token = new JsonWebToken(gateway.TokenOf(user));

        Assert.Equal("HS256", token.Alg);
        Assert.Equal("at+jwt", token.Typ);
        Assert.Equal("geminichat", token.Issuer);
        Assert.Equal(["geminichat"], token.Audiences);
        Assert.Equal(user.Id.ToString("D"), token.Subject);
        Assert.NotEmpty(token.Id);
        Assert.Equal(token.IssuedAt, token.ValidFrom);
        Assert.Equal(TimeSpan.FromMinutes(30), token.ValidTo - token.ValidFrom);
    }

    private static readonly Dictionary<string, Func<string>> BadTokens = new(StringComparer.Ordinal)
    {
        ["alg none"] = () => Unsigned("none"),
        ["alg None"] = () => Unsigned("None"),
        ["alg nOnE"] = () => Unsigned("nOnE"),
        ["alg HS512"] = () => Token("""{"alg":"HS512","typ":"at+jwt"}""", Claims(), HMACSHA512.HashData),
        ["alg RS256 signed with the secret"] = () => Token("""{"alg":"RS256","typ":"at+jwt"}""", Claims(), HMACSHA256.HashData),
        ["other key"] = () => Token(Header, Claims(), (_, data) => HMACSHA256.HashData(new byte[32], data)),
        ["empty key"] = () => Token(Header, Claims(), (_, data) => HMACSHA256.HashData(Array.Empty<byte>(), data)),
        ["edited payload"] = Edited,
        ["kid of a path, other key"] = () => Token(
            """{"alg":"HS256","typ":"at+jwt","kid":"../../dev/null"}""", Claims(), (_, data) => HMACSHA256.HashData(Array.Empty<byte>(), data)),
        ["kid of an injection, other key"] = () => Token(
            """{"alg":"HS256","typ":"at+jwt","kid":"' UNION SELECT 'a"}""", Claims(), (_, data) => HMACSHA256.HashData("a"u8, data)),
        ["key in the header"] = () => Token(
            """{"alg":"HS256","typ":"at+jwt","jwk":{"kty":"oct","k":"AAAA"},"jku":"http://127.0.0.1:1/"}""",
            Claims(),
            (_, data) => HMACSHA256.HashData(new byte[3], data)),
        ["no exp"] = () => Signed(Claims(exp: null)),
        ["expired 31 s ago"] = () => Signed(Claims(exp: -31)),
        ["not yet valid"] = () => Signed(Claims(nbf: 60)),
        ["other issuer"] = () => Signed(Claims().Replace("\"iss\":\"geminichat\"", "\"iss\":\"other\"", StringComparison.Ordinal)),
        ["other audience"] = () => Signed(Claims().Replace("\"aud\":\"geminichat\"", "\"aud\":\"other\"", StringComparison.Ordinal)),
        ["typ JWT"] = () => Token("""{"alg":"HS256","typ":"JWT"}""", Claims(), HMACSHA256.HashData),
        ["typ of a refresh token"] = () => Token("""{"alg":"HS256","typ":"rt+jwt"}""", Claims(), HMACSHA256.HashData),
        ["no typ"] = () => Token("""{"alg":"HS256"}""", Claims(), HMACSHA256.HashData),
        ["subject that is no user"] = () => Signed(Claims().Replace("\"sub\":\"", "\"sub\":\"x", StringComparison.Ordinal)),
        ["no subject"] = () => Signed(Claims().Replace("\"sub\"", "\"bus\"", StringComparison.Ordinal)),
        ["no session"] = () => Signed(Claims().Replace("\"sid\"", "\"dis\"", StringComparison.Ordinal)),
        ["session that is none"] = () => Signed(Claims().Replace("\"sid\":\"", "\"sid\":\"x", StringComparison.Ordinal)),
        ["no version"] = () => Signed(Claims().Replace("\"ver\"", "\"rev\"", StringComparison.Ordinal)),
        ["version that is none"] = () => Signed(Claims().Replace("\"ver\":0", "\"ver\":\"new\"", StringComparison.Ordinal)),
        ["10 KB"] = () => Signed(Claims().Replace("}", $",\"pad\":\"{new string('a', 10_000)}\"}}", StringComparison.Ordinal)),
        ["not a token"] = () => "abc",
        ["two dots"] = () => "..",
    };

    private static string Claims(int? exp = 600, int nbf = -600)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var expires = exp is null ? "" : $"\"exp\":{now + exp},";
        return $$"""{"iss":"geminichat","aud":"geminichat",{{expires}}"nbf":{{now + nbf}},"sub":"{{_good.Subject}}","sid":"{{_good.GetClaim("sid").Value}}","ver":0}""";
    }

    private static string Signed(string claims) => Token(Header, claims, HMACSHA256.HashData);

    private static string Token(string header, string claims, Func<byte[], byte[], byte[]> sign)
    {
        var content = $"{Base64UrlEncoder.Encode(header)}.{Base64UrlEncoder.Encode(claims)}";
        var signature = sign(Encoding.UTF8.GetBytes(GatewayFixture.SecretKey), Encoding.ASCII.GetBytes(content));
        return $"{content}.{Base64UrlEncoder.Encode(signature)}";
    }

    private static string Unsigned(string algorithm) =>
        $"{Base64UrlEncoder.Encode($$"""{"alg":"{{algorithm}}","typ":"at+jwt"}""")}.{Base64UrlEncoder.Encode(Claims())}.";

    private static string Edited()
    {
        var parts = Signed(Claims()).Split('.');
        return $"{parts[0]}.{Base64UrlEncoder.Encode(Claims(exp: 1200))}.{parts[2]}";
    }

    private async Task<HttpResponseMessage> Get(string authorization)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/user/me");
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return await gateway.CreateAnonymousClient().SendAsync(request);
    }
}
