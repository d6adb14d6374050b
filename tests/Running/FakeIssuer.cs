using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace GeminiChat.Running;

/// <summary>An OpenID Connect issuer on a socket: discovery, keys that can be rotated, and tokens as a test wants them.</summary>
public sealed class FakeIssuer : IAsyncDisposable
{
    public const string Audience = "api";

    private readonly TestHttpServer _server;
    private readonly string _slash;
    private readonly List<SigningKey> _published = [];
    private int _keys;
    private int _requests;

    private FakeIssuer(bool endsWithSlash)
    {
        _slash = endsWithSlash ? "/" : "";
        _server = new TestHttpServer(Answer);
        RotateKey();
    }

    /// <summary>As it is in tokens and in the discovery document.</summary>
    public string Issuer => _server.Url + _slash;

    /// <summary>How many requests have come.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>The status of every answer; 200 for the documents.</summary>
    public int Status { get; set; } = StatusCodes.Status200OK;

    /// <summary>What the discovery document says; null for <see cref="Issuer"/>.</summary>
    public string? ClaimedIssuer { get; set; }

    public static async Task<FakeIssuer> Start(bool endsWithSlash = false)
    {
        var issuer = new FakeIssuer(endsWithSlash);
        await issuer._server.Start();
        return issuer;
    }

    /// <summary>From now on, tokens are signed with a new key.</summary>
    /// <param name="isPublished">Whether the issuer lists the key.</param>
    public void RotateKey(bool isPublished = true)
    {
        var key = new SigningKey($"key-{++_keys}", ECDsa.Create(ECCurve.NamedCurves.nistP256));
        CurrentKey = key;
        if (isPublished)
        {
            _published.Add(key);
        }
    }

    /// <summary>No key is listed any more.</summary>
    public void WithdrawKeys() => _published.Clear();

    /// <summary>A token of a subject, issued now and good for an hour, unless the claims say otherwise. A null leaves a claim out.</summary>
    public string Token(string? subject, params (string Name, JsonNode? Value)[] claims) => Token(subject, header: [], claims);

    /// <inheritdoc cref="Token(string?, ValueTuple{string, JsonNode?}[])"/>
    public string Token(string? subject, (string Name, JsonNode? Value)[] header, (string Name, JsonNode? Value)[] claims)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var payload = new JsonObject { ["iss"] = Issuer, ["aud"] = Audience, ["sub"] = subject, ["iat"] = now, ["exp"] = now + 3600 };
        var head = new JsonObject { ["alg"] = "ES256", ["typ"] = "JWT", ["kid"] = CurrentKey.Id };
        Set(payload, claims);
        Set(head, header);
        var signed = $"{Encode(head)}.{Encode(payload)}";
        return $"{signed}.{CurrentKey.Sign(signed)}";
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private SigningKey CurrentKey { get; set; } = null!;

    private static void Set(JsonObject to, (string Name, JsonNode? Value)[] members)
    {
        foreach (var (name, value) in members)
        {
            to[name] = value;
        }

        foreach (var (name, _) in to.Where(member => member.Value is null).ToList())
        {
            to.Remove(name);
        }
    }

    private static string Encode(JsonObject json) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(json));

    private Task Answer(HttpContext http)
    {
        Interlocked.Increment(ref _requests);
        http.Response.StatusCode = Status;
        return Status != StatusCodes.Status200OK ? Task.CompletedTask : http.Request.Path.Value switch
        {
            "/.well-known/openid-configuration" => http.Response.WriteAsJsonAsync(
                new { issuer = ClaimedIssuer ?? Issuer, jwks_uri = $"{_server.Url}/keys" }),
            "/keys" => http.Response.WriteAsJsonAsync(new { keys = _published.Select(key => key.Public()) }),
            _ => Task.FromResult(http.Response.StatusCode = StatusCodes.Status404NotFound),
        };
    }

    private sealed record SigningKey(string Id, ECDsa Key)
    {
        public string Sign(string text) =>
            Base64Url.EncodeToString(Key.SignData(System.Text.Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256));

        public object Public()
        {
            var point = Key.ExportParameters(includePrivateParameters: false).Q;
            return new { kty = "EC", crv = "P-256", use = "sig", alg = "ES256", kid = Id, x = Base64Url.EncodeToString(point.X), y = Base64Url.EncodeToString(point.Y) };
        }
    }
}
