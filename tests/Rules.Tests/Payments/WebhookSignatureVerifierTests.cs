using System.Security.Cryptography;
using System.Text;
using GeminiChat.Gateway.Payments;
using GeminiChat.Gateway.Settings;
using GeminiChat.Fakes;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace GeminiChat.Rules.Tests.Payments;

/// <summary>Against signatures that Stripe's own client for Node.js made and takes.</summary>
public sealed class WebhookSignatureVerifierTests
{
    private const string Secret = "whsec_test_secret";
    private const long SignedAt = 1_760_000_000;
    private const string Signature = "26d59393d307e653ff1bdc518484cc5ed3fd7c542f53f1e3a01601aa24e03fff";
    private const string Event = """{"id":"evt_test_1","object":"event","api_version":"2026-10-28.endive","created":1760000000,"livemode":false,"type":"customer.subscription.updated","data":{"object":{"id":"sub_1","object":"subscription","status":"active"}}}""";
    private static readonly string Zeros = new('0', 64);

    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(SignedAt));

    [Fact]
    public void A_webhook_of_Stripe_is_valid() => Assert.True(IsValid($"t={SignedAt},v1={Signature}"));

    [Theory]
    [InlineData(-301, false)]
    [InlineData(-300, true)]
    [InlineData(300, true)]
    [InlineData(301, false)]
    public void A_signature_is_good_for_five_minutes_either_way(int secondsLater, bool expected)
    {
        _time.AdjustTime(DateTimeOffset.FromUnixTimeSeconds(SignedAt + secondsLater));

        Assert.Equal(expected, IsValid($"t={SignedAt},v1={Signature}"));
    }

    [Fact]
    public void One_valid_signature_of_several_suffices_and_unknown_schemes_are_ignored() =>
        Assert.True(IsValid($"t={SignedAt}, v1={Zeros},v1={Signature}, v1=short,v0=zz,v9=new,odd"));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("t=1760000000")]
    [InlineData("v1=" + Signature)]
    [InlineData("t=,v1=" + Signature)]
    [InlineData("t=1760000000,v1=")]
    [InlineData("t=1760000000,v0=" + Signature)]
    [InlineData("t=1760000001,v1=" + Signature)]
    [InlineData("t=+1760000000,v1=" + Signature)]
    [InlineData("t=1760000000.0,v1=" + Signature)]
    [InlineData("t=-9223372036854775808,v1=" + Signature)]
    [InlineData("t=9223372036854775807,v1=" + Signature)]
    [InlineData("t=99999999999999999999,v1=" + Signature)]
    [InlineData("t=1760000000,v1=26d59393d307e653ff1bdc518484cc5ed3fd7c542f53f1e3a01601aa24e03ffe")]
    public void A_malformed_or_wrong_signature_is_refused(string? header) => Assert.False(IsValid(header));

    [Fact]
    public void A_body_that_was_changed_is_refused() =>
        Assert.False(IsValid($"t={SignedAt},v1={Signature}", Event.Replace("active", "actiVe", StringComparison.Ordinal)));

    [Fact]
    public void Both_secrets_are_accepted_during_a_rotation()
    {
        var header = $"t={SignedAt},v1={Signature}";

        Assert.True(IsValid(header, secret: "whsec_new, " + Secret));
        Assert.True(IsValid(header, secret: Secret + ",whsec_new"));
        Assert.False(IsValid(header, secret: "whsec_new,whsec_other"));
    }

    [Fact]
    public void Signatures_of_the_fake_Stripe_are_valid_and_forged_ones_are_not()
    {
        var body = Encoding.UTF8.GetBytes(Event);
        var now = _time.GetUtcNow();

        Assert.True(New(Secret).IsValid(body, WebhookSender.Sign(body, now, ["whsec_old", Secret])));
        Assert.False(New(Secret).IsValid(body, WebhookSender.Sign(body, now, [Secret], scheme: "v0")));
        Assert.False(New(Secret).IsValid(body, WebhookSender.Sign(body, now.AddSeconds(-301), [Secret])));
        Assert.False(New(Secret).IsValid(body, WebhookSender.Sign(body, now, ["whsec_forged"])));
    }

    [Fact]
    public void Timestamps_after_2038_are_accepted()
    {
        const long Later = 4_000_000_000;
        _time.AdjustTime(DateTimeOffset.FromUnixTimeSeconds(Later));

        Assert.True(IsValid($"t={Later},v1={Sign(Secret, Later, Encoding.UTF8.GetBytes(Event))}"));
    }

    [Fact]
    public void A_body_that_is_not_UTF8_is_refused_however_it_is_signed()
    {
        byte[] body = [(byte)'{', 0xC3, 0x28, (byte)'}'];

        Assert.False(New(Secret).IsValid(body, $"t={SignedAt},v1={Sign(Secret, SignedAt, body)}"));
    }

    [Fact]
    public void An_empty_body_can_be_signed() =>
        Assert.True(New(Secret).IsValid([], $"t={SignedAt},v1={Sign(Secret, SignedAt, [])}"));

    [Theory]
    [InlineData("t=1760000000,v1=" + Signature, true)]
    [InlineData(" v1=short, v1=" + Signature + " , t=1760000300", true)]
    [InlineData("t=1760000301,v1=" + Signature, false)]
    [InlineData("t=1760000000,v0=" + Signature, false)]
    [InlineData("t=1760000000,v1=" + Signature + "0", false)]
    [InlineData("t=1760000000,v1=G6d59393d307e653ff1bdc518484cc5ed3fd7c542f53f1e3a01601aa24e03fff", false)]
    [InlineData("v1=" + Signature, false)]
    [InlineData("t=now,v1=" + Signature, false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_header_is_plausible_when_it_has_a_recent_time_and_the_form_of_a_signature(string? header, bool expected) =>
        Assert.Equal(expected, New(Secret).IsPlausible(header));

    [Fact]
    public void Payments_are_on_when_there_is_a_secret()
    {
        Assert.True(New(Secret).IsConfigured);
        Assert.False(New(null).IsConfigured);
        Assert.False(New("").IsConfigured);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Nothing_is_valid_while_payments_are_off(string? secret)
    {
        var signed = Sign("", SignedAt, Encoding.UTF8.GetBytes(Event));

        Assert.False(IsValid($"t={SignedAt},v1={signed}", secret: secret));
    }

    private bool IsValid(string? header, string body = Event, string? secret = Secret) =>
        New(secret).IsValid(Encoding.UTF8.GetBytes(body), header);

    private WebhookSignatureVerifier New(string? secret) =>
        new(Options.Create(new WebhookOptions { WebhookSecret = secret }), _time);

    private static string Sign(string secret, long time, byte[] body) => Convert.ToHexStringLower(
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), (byte[])[.. Encoding.UTF8.GetBytes($"{time}."), .. body]));
}
