using GeminiChat.Gateway.Settings;

namespace GeminiChat.Gateway.Auth;

/// <summary>
/// Which messages are sent: those that <see cref="OtpRecipientRules"/> allow, while the cluster's budget of the day lasts.
/// </summary>
internal sealed class OtpSendLimiter(OtpRecipientRules rules, IGrainFactory grains, IOptions<OtpOptions> options)
{
    private readonly int _limit = options.Value.DailySends;

    /// <summary>Why a message must not be sent; null when it may, and is counted.</summary>
    public async ValueTask<string?> GetRejectionReasonAsync(OtpMessage message, CancellationToken cancellationToken)
    {
        if (rules.GetRejectionReason(message.Number) is { } refusal)
        {
            return refusal;
        }

        if (_limit == 0)
        {
            return null;
        }

        // A repeat may count twice, which only spends the budget sooner.
        var request = new SendRequest(message.Network, message.HasAccount, _limit);
        var decision = await GrainCalls.RetryAsync(() => grains.SendBudget().Acquire(request), cancellationToken);
        return decision switch
        {
            SendDecision.Allowed => null,
            SendDecision.BudgetSpent => "budget_spent",
            SendDecision.KeptForAccounts => "kept_for_accounts",
            SendDecision.NetworkShareSpent => "network_share_spent",
            _ => throw new NotSupportedException(decision.ToString()),
        };
    }
}
