using Microsoft.Extensions.Options;

namespace GeminiChat.Gateway.Settings;

/// <summary>Says in plain lines why the program does not start.</summary>
internal static class StartErrors
{
    /// <summary>One line for each thing that is wrong; none when this is a bug and deserves its stack trace.</summary>
    public static IReadOnlyList<string> Of(Exception exception) => exception switch
    {
        OptionsValidationException wrong => [.. wrong.Failures],
        AggregateException several when several.InnerExceptions.All(one => one is OptionsValidationException) =>
            [.. several.InnerExceptions.SelectMany(Of)],
        IOException or UnauthorizedAccessException => [exception.Message],
        _ => [],
    };
}
