using System.Collections.Immutable;
using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Grains.Users;

/// <summary>A one-time code that can still be used.</summary>
/// <param name="Hash">A keyed hash; the code itself is nowhere.</param>
/// <param name="MadeAt">When it was made.</param>
/// <param name="Guesses">How often it was guessed wrong by who did not name its request.</param>
/// <param name="RequestId">The request that it belongs to; empty when the version before made it.</param>
/// <param name="Purpose">What it is good for.</param>
/// <param name="Device">The session of the known device that asked for it; null for any other.</param>
/// <param name="NamedGuesses">How often it was guessed wrong by who named its request.</param>
[GenerateSerializer, Immutable, Alias("geminichat.StoredCode")]
internal sealed record StoredCode(
    [property: Id(0)] ImmutableArray<byte> Hash,
    [property: Id(1)] DateTimeOffset MadeAt,
    [property: Id(2)] int Guesses = 0,
    [property: Id(3)] Guid RequestId = default,
    [property: Id(4)] CodePurpose Purpose = CodePurpose.SignIn,
    [property: Id(5)] Guid? Device = null,
    [property: Id(6)] int NamedGuesses = 0)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(StoredCode);

    public bool IsValidAt(DateTimeOffset now) => now < MadeAt + OneTimeCodes.Lifetime;
}
