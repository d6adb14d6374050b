using GeminiChat.Gateway.Settings;

namespace GeminiChat.Gateway.Auth;

/// <summary>
/// Decides whether a message is sent: <see cref="OtpRecipientRules"/> must allow it, and the cluster must have budget left for
/// the day.
/// </summary>
internal sealed class OtpSendLimiter(OtpRecipientRules rules, IGrainFactory grains, IOptions<OtpOptions> options)
{
    private readonly int _limit = options.Value.DailySends;

    /// <summary>Why a message must not be sent; null if it may be sent. Then it is counted.</summary>
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

        // A repeated call may count twice. That only uses up the budget sooner.
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
