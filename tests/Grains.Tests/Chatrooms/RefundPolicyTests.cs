using System.Reflection;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Chatrooms;

namespace GeminiChat.Grains.Tests.Chatrooms;

/// <summary>Which ends are given back is a closed list: a new reason is decided here, or this fails.</summary>
public sealed class RefundPolicyTests
{
    private static readonly Dictionary<string, Refund> Decided = new(StringComparer.Ordinal)
    {
        ["empty"] = Refund.Fault,
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
    public void Only_faults_of_the_service_and_the_model_are_given_back(string reason)
    {
        Assert.Equal(Decided[reason], RefundPolicy.Of(MessageStatus.Failed, reason, wasCalled: true));
        Assert.Equal(Decided[reason], RefundPolicy.Of(MessageStatus.Failed, reason, wasCalled: false));
        Assert.Equal(Refund.None, RefundPolicy.Of(MessageStatus.Incomplete, reason, wasCalled: true));
    }

    [Fact]
    public void A_reason_that_is_not_on_the_list_counts() =>
        Assert.Equal(Refund.None, RefundPolicy.Of(MessageStatus.Failed, "a new one", wasCalled: true));

    [Fact]
    public void A_stop_is_given_back_before_the_call_only_and_an_answer_never()
    {
        Assert.Equal(Refund.Stop, RefundPolicy.Of(MessageStatus.Stopped, reason: null, wasCalled: false));
        Assert.Equal(Refund.None, RefundPolicy.Of(MessageStatus.Stopped, reason: null, wasCalled: true));
        Assert.Equal(Refund.None, RefundPolicy.Of(MessageStatus.Completed, reason: null, wasCalled: true));
    }
}
