namespace GeminiChat.GrainInterfaces.Users;

/// <summary>How many turns may be stored.</summary>
/// <param name="Granted">From zero to all requested turns.</param>
/// <param name="Day">The UTC day that they count for.</param>
/// <param name="Usage">The day's usage, including these turns.</param>
[GenerateSerializer, Immutable, Alias("geminichat.Admission")]
public sealed record Admission(
    [property: Id(0)] int Granted,
    [property: Id(1)] DateOnly Day,
    [property: Id(2)] DailyUsage Usage);
