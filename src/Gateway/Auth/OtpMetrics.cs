using System.Diagnostics;
using System.Diagnostics.Metrics;
using GeminiChat.ServiceDefaults.Telemetry;

namespace GeminiChat.Gateway.Auth;

/// <summary>Counts text messages with one-time codes by outcome.</summary>
internal static class OtpMetrics
{
    /// <summary>The provider accepted the message.</summary>
    public const string Sent = "sent";

    /// <summary>The provider refused the message or could not be reached.</summary>
    public const string Failed = "failed";

    /// <summary>A rule or the budget does not allow it.</summary>
    public const string Withheld = "withheld";

    /// <summary>The queue was full.</summary>
    public const string Dropped = "dropped";

    private static readonly Counter<long> Messages = TelemetryHosting.Meter.CreateCounter<long>(
        "geminichat.otp.messages", "{message}", "Text messages with one-time codes that were asked for.");

    /// <summary>Counts a message.</summary>
    /// <param name="outcome">One of the constants.</param>
    /// <param name="reason">Why it was withheld: see <see cref="OtpSendLimiter"/> and <see cref="OtpRecipientRules"/>.</param>
    public static void CountMessage(string outcome, string reason = "") =>
        Messages.Add(1, new TagList { { "outcome", outcome }, { "reason", reason } });
}
