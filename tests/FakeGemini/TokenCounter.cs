namespace GeminiChat.Fakes;

/// <summary>A count of tokens that tests can foretell: the words.</summary>
public static class TokenCounter
{
    private static readonly char[] Spaces = [' ', '\n', '\r', '\t'];

    public static int Count(string text) => text.Split(Spaces, StringSplitOptions.RemoveEmptyEntries).Length;
}
