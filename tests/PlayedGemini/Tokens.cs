namespace GeminiChat.Played;

/// <summary>A count of tokens that tests can foretell: the words.</summary>
public static class Tokens
{
    private static readonly char[] Spaces = [' ', '\n', '\r', '\t'];

    public static int In(string text) => text.Split(Spaces, StringSplitOptions.RemoveEmptyEntries).Length;
}
