using System.Buffers.Binary;

namespace GeminiChat.Gateway.Auth;

/// <summary>
/// Recognizes devices by a refresh token of an earlier session. A used or ended token signs nobody in, but it shows that the
/// user was signed in on this device.
/// </summary>
internal sealed class DeviceTokenReader(RefreshTokenService tokens, TimeProvider time)
{
    private const int TimestampShift = 16;

    private static readonly TimeSpan MaxAge = TimeSpan.FromDays(180);

    /// <summary>Null if the token is not valid, or its session began more than 180 days ago.</summary>
    public KnownDevice? Read(string? deviceToken) =>
        deviceToken is not null && tokens.TryRead(deviceToken, out var token) && time.GetUtcNow() - StartedAt(token.SessionId) <= MaxAge
            ? new KnownDevice(token.UserId, token.SessionId)
            : null;

    /// <summary>A UUIDv7 begins with 48 bits of Unix time in milliseconds (RFC 9562, 5.7).</summary>
    private static DateTimeOffset StartedAt(Guid sessionId)
    {
        var time = BinaryPrimitives.ReadInt64BigEndian(sessionId.ToByteArray(bigEndian: true)) >>> TimestampShift;
        return DateTimeOffset.FromUnixTimeMilliseconds(time);
    }
}
