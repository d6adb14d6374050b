using System.Diagnostics;
using OpenTelemetry;

namespace GeminiChat.ServiceDefaults.Telemetry;

/// <summary>
/// Keeps calls that only ask for news out of the traces: those by which readers follow a reply, one for each piece of
/// text, and those by which they follow notices.
/// </summary>
internal sealed class PollingTraceFilter : BaseProcessor<Activity>
{
    private static readonly string[] Names = ["IChatroomGrain/Follow", "IUserGrain/FollowNotices"];

    public override void OnStart(Activity data)
    {
        if (Names.Contains(data.OperationName, StringComparer.Ordinal))
        {
            // What it leads to, elsewhere too, is left out with it.
            data.IsAllDataRequested = false;
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }
}
