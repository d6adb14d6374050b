namespace GeminiChat.GrainInterfaces.Users;

/// <summary>How many turns may be stored.</summary>
/// <param name="Granted">From none to all that were asked for.</param>
/// <param name="Day">The UTC day that they count for.</param>
/// <param name="Usage">The day's use, these included.</param>
[GenerateSerializer, Immutable, Alias("geminichat.Admission")]
public sealed record Admission(
    [property: Id(0)] int Granted,
    [property: Id(1)] DateOnly Day,
    [property: Id(2)] DailyUsage Usage);
