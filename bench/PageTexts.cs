namespace GeminiChat.Bench;

/// <summary>Replies as models write them. A token is about four characters.</summary>
internal static class PageTexts
{
    public const int TokenCharacters = 4;

    private const string Section = """
        ## Where the time goes

        The first thing to look at is the **layout** of the page: each new word may move what is below it, and a long answer has a lot
        below it. A browser keeps what it has measured, as long as *nothing* in a block changes, so `appendData` is cheap in a short text.

        1. Measure before you change anything.
        2. Change one thing at a time, and measure it again:
           - with a short text,
           - with a long one.
        3. Write down what you found.

        > A number without the machine that it was measured on says little.

        | case | before | after |
        |---|--:|--:|
        | short text | 1.2 ms | 0.9 ms |
        | long text | 44 ms | 2.1 ms |

        ```js
        for (const block of blocks) {
          if (block.shown === block.html) continue;
          show(block);
        }
        ```


        """;

    public static string Mixed(int tokens) => Repeat(Section, tokens);

    public static string Code(int tokens) => "```js\n" + Repeat("const total = items.filter((item) => item.isOpen).map((item) => item.size); // the open ones\n", tokens) + "\n```\n";

    public static string List(int tokens) => Repeat("- An item of a long list with **some** words and `code` in it.\n", tokens);

    private static string Repeat(string piece, int tokens)
    {
        var length = tokens * TokenCharacters;
        return string.Concat(Enumerable.Repeat(piece, (length / piece.Length) + 1))[..length];
    }
}
