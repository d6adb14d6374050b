namespace GeminiChat.Silo.Store.Writing;

/// <summary>What drivers throw for a value that they cannot send.</summary>
internal static class InvalidValueErrors
{
    /// <summary>
    /// Whether it lies in the value: a lone surrogate (<see cref="System.Text.EncoderFallbackException"/>, which is an
    /// <see cref="ArgumentException"/>), a number or a time that is out of range, a type that does not fit.
    /// </summary>
    public static bool IsInvalidValue(Exception exception) =>
        exception is ArgumentException or FormatException or OverflowException or InvalidCastException;
}
