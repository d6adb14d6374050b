using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Users;

namespace GeminiChat.Rules.Tests.Users;

public sealed class SendBudgetPolicyTests
{
    [Theory]
    [InlineData(1000, 0, 0, true, SendDecision.Allowed)]
    [InlineData(1000, 999, 0, true, SendDecision.Allowed)]
    [InlineData(1000, 1000, 0, true, SendDecision.BudgetSpent)]
    [InlineData(1000, 1001, 0, false, SendDecision.BudgetSpent)]
    [InlineData(1000, 799, 0, false, SendDecision.Allowed)]
    [InlineData(1000, 800, 0, false, SendDecision.KeptForAccounts)]
    [InlineData(1000, 800, 0, true, SendDecision.Allowed)]
    [InlineData(1000, 100, 49, false, SendDecision.Allowed)]
    [InlineData(1000, 100, 50, true, SendDecision.NetworkShareSpent)]
    [InlineData(100, 50, 19, true, SendDecision.Allowed)]
    [InlineData(100, 50, 20, true, SendDecision.NetworkShareSpent)]
    public void A_day_keeps_messages_for_accounts_and_for_other_networks(int limit, int sent, int ofNetwork, bool hasAccount, SendDecision expected) =>
        Assert.Equal(expected, new SendBudgetPolicy(limit).Decide(new SendRequest("203.0.113.0/24", hasAccount, limit), sent, ofNetwork));

    [Theory]
    [InlineData(1000, 10)]
    [InlineData(99, 1)]
    [InlineData(1, 1)]
    public void Messages_are_counted_in_blocks_of_a_hundredth(int limit, int block) =>
        Assert.Equal(block, new SendBudgetPolicy(limit).BlockSize);

    [Theory]
    [InlineData(799, false)]
    [InlineData(800, true)]
    [InlineData(1000, true)]
    public void A_warning_is_due_at_four_fifths(int sent, bool expected) =>
        Assert.Equal(expected, new SendBudgetPolicy(1000).IsNearlySpent(sent));
}
