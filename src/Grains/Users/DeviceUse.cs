using System.Collections.Immutable;

namespace GeminiChat.Grains.Users;

/// <summary>How often a known device has asked for codes and given wrong passwords.</summary>
/// <param name="SessionId">The session by which it is known.</param>
/// <param name="CodesMade">As far as <see cref="PhoneLimits.DeviceCodes"/> needs it.</param>
/// <param name="WrongPasswords">As far as <see cref="PhoneLimits.WrongPasswords"/> needs it.</param>
[GenerateSerializer, Immutable, Alias("geminichat.DeviceUse")]
internal sealed record DeviceUse(
    [property: Id(0)] Guid SessionId,
    [property: Id(1)] ImmutableArray<DateTimeOffset> CodesMade,
    [property: Id(2)] ImmutableArray<DateTimeOffset> WrongPasswords);
