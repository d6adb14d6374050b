using System.Reflection;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Chatrooms;

namespace GeminiChat.Rules.Tests.Chatrooms;

/// <summary>Which ends are given back is a closed list: a new reason is decided here, or this fails.</summary>
public sealed class RefundPolicyTests
{
    private static readonly Dictionary<string, Refund> Decided = new(StringComparer.Ordinal)
    {
        ["empty"] = Refund.Fault,
        ["file_refused"] = Refund.None,
        ["interrupted"] = Refund.Fault,
        ["length"] = Refund.None,
        ["model_config"] = Refund.Fault,
        ["model_error"] = Refund.Fault,
        ["model_quota"] = Refund.Fault,
        ["model_timeout"] = Refund.Fault,
        ["model_unavailable"] = Refund.Fault,
        ["safety"] = Refund.None,
        ["too_long"] = Refund.None,
        ["truncated"] = Refund.None,
    };

    public static TheoryData<string> Reasons => [.. typeof(EndReasons)
        .GetFields(BindingFlags.Public | BindingFlags.Static).Select(reason => (string)reason.GetRawConstantValue()!)];

    [Theory]
    [MemberData(nameof(Reasons))]
    public void Only_faults_of_the_service_and_the_model_are_refunded(string reason)
    {
        Assert.Equal(Decided[reason], RefundPolicy.Decide(MessageStatus.Failed, reason, wasModelCalled: true));
        Assert.Equal(Decided[reason], RefundPolicy.Decide(MessageStatus.Failed, reason, wasModelCalled: false));
        Assert.Equal(Refund.None, RefundPolicy.Decide(MessageStatus.Incomplete, reason, wasModelCalled: true));
    }

    [Fact]
    public void An_unlisted_reason_is_not_refunded() =>
        Assert.Equal(Refund.None, RefundPolicy.Decide(MessageStatus.Failed, "a new one", wasModelCalled: true));

    [Fact]
    public void A_stop_is_refunded_only_before_the_model_call_and_a_reply_never()
    {
        Assert.Equal(Refund.Stop, RefundPolicy.Decide(MessageStatus.Stopped, reason: null, wasModelCalled: false));
        Assert.Equal(Refund.None, RefundPolicy.Decide(MessageStatus.Stopped, reason: null, wasModelCalled: true));
        Assert.Equal(Refund.None, RefundPolicy.Decide(MessageStatus.Completed, reason: null, wasModelCalled: true));
    }
}
