using System.Diagnostics;
using System.Diagnostics.Metrics;
using GeminiChat.ServiceDefaults.Telemetry;

namespace GeminiChat.Gateway.Auth;

/// <summary>Counts text messages with one-time codes by what became of them.</summary>
internal static class OtpInstruments
{
    /// <summary>The provider has taken it.</summary>
    public const string Sent = "sent";

    /// <summary>The provider refused it or was away.</summary>
    public const string Failed = "failed";

    /// <summary>A rule or the budget does not allow it.</summary>
    public const string Withheld = "withheld";

    /// <summary>The queue was full.</summary>
    public const string Dropped = "dropped";

    private static readonly Counter<long> Messages = TelemetryHosting.Meter.CreateCounter<long>(
        "geminichat.otp.messages", "{message}", "Text messages with one-time codes that were asked for.");

    /// <summary>Counts a message.</summary>
    /// <param name="outcome">One of the words above.</param>
    /// <param name="reason">Why it was withheld: one of the words of <see cref="OtpSendLimiter"/> and <see cref="OtpRecipientRules"/>.</param>
    public static void CountMessage(string outcome, string reason = "") =>
        Messages.Add(1, new TagList { { "outcome", outcome }, { "reason", reason } });
}
