using GeminiChat.Silo.Webhooks;

namespace GeminiChat.Rules.Tests.Webhooks;

public sealed class WebhookSignatureTests
{
    private const string First = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Second = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    // The first one is of the specification.
    [Theory]
    [InlineData(First, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, """{"test": 2432232314}""", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData(Second, "msg_1", 1764100000, """{"type":"message.completed","timestamp":"2026-11-26T10:00:00Z","data":{"id":"m1"}}""", "v1,2TyVoCbIB+d8JheR1Av+ijX+2YCfRkScgMel8chQyYc=")]
    public void A_signature_is_that_of_Standard_Webhooks(string key, string id, long timestamp, string body, string signature) =>
        Assert.Equal(signature, WebhookSignature.Compute(Endpoint(key), id, timestamp, body));

    [Fact]
    public void During_a_rotation_both_keys_sign()
    {
        string[] expected = [WebhookSignature.Compute(Endpoint(First), "msg_1", 1, "{}"), WebhookSignature.Compute(Endpoint(Second), "msg_1", 1, "{}")];
        Assert.Equal(string.Join(' ', expected), WebhookSignature.Compute(Endpoint(First, Second), "msg_1", 1, "{}"));
    }

    [Fact]
    public void The_name_of_an_endpoint_has_no_path() =>
        Assert.Equal("2 (example.org)", new WebhookEndpoint(2, new Uri("https://example.org/secret?token=1"), []).ToString());

    private static WebhookEndpoint Endpoint(params string[] keys) =>
        new(1, new Uri("https://example.org/"), [.. keys.Select(Convert.FromBase64String)]);
}
