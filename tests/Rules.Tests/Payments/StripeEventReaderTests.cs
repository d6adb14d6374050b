using System.Text.Json;
using GeminiChat.Grains.Subscriptions;
using GeminiChat.Silo.Payments;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace GeminiChat.Rules.Tests.Payments;

public sealed class StripeEventReaderTests
{
    private const string User = "0199c8d8-1111-7222-8333-444455556666";
    private const string Other = "0199c8d8-aaaa-7bbb-8ccc-ddddeeeeffff";

    [Theory]
    [InlineData("checkout.session.completed", """{"id":"cs_1","customer":"cus_1","subscription":"sub_1","metadata":{"user_id":"USER"},"client_reference_id":"OTHER"}""", User)]
    [InlineData("checkout.session.expired", """{"id":"cs_1","customer":{"id":"cus_1"},"subscription":{"id":"sub_1"},"client_reference_id":"USER"}""", User)]
    [InlineData("checkout.session.expired", """{"id":"cs_1","customer":"cus_1","client_reference_id":"nobody"}""", null)]
    [InlineData("customer.subscription.updated", """{"id":"sub_1","customer":"cus_1","metadata":{"user_id":"USER"}}""", User)]
    [InlineData("customer.subscription.updated", """{"id":"sub_1","customer":"cus_1","client_reference_id":"USER"}""", null)]
    [InlineData("invoice.paid", """{"id":"in_1","customer":"cus_1","subscription":"sub_old","parent":{"subscription_details":{"subscription":"sub_1","metadata":{"user_id":"USER"}}},"subscription_details":{"metadata":{"user_id":"OTHER"}}}""", User)]
    [InlineData("invoice.paid", """{"id":"in_1","customer":"cus_1","subscription":{"id":"sub_1"},"subscription_details":{"metadata":{"user_id":"USER"}}}""", User)]
    [InlineData("charge.refunded", """{"id":"ch_1","customer":"cus_1","subscription":"sub_1","metadata":{"user_id":"USER"}}""", null)]
    public void An_event_names_its_customer_and_its_user(string type, string about, string? user)
    {
        about = about.Replace("USER", User, StringComparison.Ordinal).Replace("OTHER", Other, StringComparison.Ordinal);
        var read = Read(Event(type, about))!;
        Assert.Equal(("evt_1", "cus_1", user), (read.Id, read.CustomerId, read.UserId?.ToString()));
        Assert.Equal(type is not "charge.refunded", read.IsRelevant);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"id":"evt_1","object":"invoice","type":"invoice.paid","created":1,"livemode":false,"data":{"object":{}}}""")]
    [InlineData("""{"object":"event","type":"invoice.paid","created":1,"livemode":false,"data":{"object":{}}}""")]
    [InlineData("""{"id":"evt_1","object":"event","created":1,"livemode":false,"data":{"object":{}}}""")]
    [InlineData("""{"id":"evt_1","object":"event","type":"invoice.paid","livemode":false,"data":{"object":{}}}""")]
    [InlineData("""{"id":"evt_1","object":"event","type":"invoice.paid","created":1,"livemode":false,"data":{}}""")]
    [InlineData("""{"id":"evt_1","object":"event","type":"invoice.paid","created":1,"livemode":false,"data":{"object":[]}}""")]
    [InlineData("""{"id":"evt_\ud800","object":"event","type":"invoice.paid","created":1,"livemode":false,"data":{"object":{}}}""")]
    public void Another_body_is_no_event(string body) => Assert.Null(Read(body));

    [Theory]
    [InlineData("sk_test_1", "false", true)]
    [InlineData("sk_test_1", "true", false)]
    [InlineData("sk_test_1", "null", false)]
    [InlineData("rk_live_1", "true", true)]
    [InlineData("rk_live_1", "false", false)]
    [InlineData("rk_live_1", "null", false)]
    [InlineData("another", "true", true)]
    [InlineData("another", "null", true)]
    public void An_event_of_the_other_mode_is_ignored(string key, string isLive, bool expected) =>
        Assert.Equal(expected, Read(Event("invoice.paid", "{}", isLive), key) is not null);

    [Fact]
    public void Members_are_read_by_their_path_and_type()
    {
        using var json = JsonDocument.Parse(
            """
            {"text":"a","empty":"","nul":"a\u0000b","number":7,"inner":{"id":"x","deep":{"id":"y"}},"list":[{"id":"z"}],
             "time":1760000000,"zero":0,"before":-1,"last":253402300799,"after":253402300800,"huge":1e300,"fraction":1.5}
            """);
        var root = json.RootElement;
        Assert.Equal(["a", null, null, null, null], new[] { "text", "empty", "nul", "number", "absent" }.Select(name => root.Text(name)));
        Assert.Equal(["x", "y"], [root.Text("inner", "id"), root.Text("inner", "deep", "id")]);
        Assert.Null(root.Text("text", "id"));
        Assert.Null(root.Text("list", "id"));
        Assert.Equal(["a", "x", "y", null], [root.Id("text"), root.Id("inner"), root.Id("inner", "deep"), root.Id("number")]);
        Assert.Equal(JsonValueKind.Object, root.At()!.Value.ValueKind);
        Assert.Equal([1_760_000_000L, 0L, 253_402_300_799L], new[] { "time", "zero", "last" }.Select(name => root.Time(name)!.Value.ToUnixTimeSeconds()));
        Assert.All(["before", "after", "huge", "fraction", "text", "absent"], name => Assert.Null(root.Time(name)));
    }

    private static PaymentEvent? Read(string body, string key = "sk_test_1") => new StripeEventReader(
        Options.Create(new StripeOptions { SecretKey = key }), NullLogger<StripeEventReader>.Instance).Read(body);

    private static string Event(string type, string about, string isLive = "false") =>
        $$$"""{"id":"evt_1","object":"event","type":"{{{type}}}","created":1760000000,"livemode":{{{isLive}}},"api_version":"2026-10-28.endive","data":{"object":{{{about}}}}}""";
}
