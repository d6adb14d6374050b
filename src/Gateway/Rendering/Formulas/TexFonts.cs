namespace GeminiChat.Gateway.Rendering.Formulas;

/// <summary>The commands of mathematical alphabets. Unicode has a character for each of their letters.</summary>
internal static class TexFonts
{
    /// <summary>The code points where capital letters, small letters and digits of an alphabet start; 0 for none.</summary>
    private static readonly Dictionary<string, (int Capital, int Small, int Digit, string Exceptions)> Alphabets = new(StringComparer.Ordinal)
    {
        ["mathbf"] = (0x1D400, 0x1D41A, 0x1D7CE, ""),
        ["boldsymbol"] = (0x1D468, 0x1D482, 0x1D7CE, ""),
        ["mathbb"] = (0x1D538, 0x1D552, 0x1D7D8, "Cℂ Hℍ Nℕ Pℙ Qℚ Rℝ Zℤ"),
        ["mathcal"] = (0x1D49C, 0x1D4B6, 0, "Bℬ Eℰ Fℱ Hℋ Iℐ Lℒ Mℳ Rℛ eℯ gℊ oℴ"),
        ["mathfrak"] = (0x1D504, 0x1D51E, 0, "Cℭ Hℌ Iℑ Rℜ Zℨ"),
        ["mathsf"] = (0x1D5A0, 0x1D5BA, 0x1D7E2, ""),
        ["mathtt"] = (0x1D670, 0x1D68A, 0x1D7F6, ""),
        ["mathit"] = (0x1D434, 0x1D44E, 0, "hℎ"),
        ["mathrm"] = (0, 0, 0, ""),
    };

    private static readonly Dictionary<string, string> OtherNames = new(StringComparer.Ordinal)
    {
        ["bold"] = "mathbf",
        ["bf"] = "mathbf",
        ["bm"] = "boldsymbol",
        ["pmb"] = "boldsymbol",
        ["mathbfit"] = "boldsymbol",
        ["Bbb"] = "mathbb",
        ["mathds"] = "mathbb",
        ["mathscr"] = "mathcal",
        ["cal"] = "mathcal",
        ["rm"] = "mathrm",
        ["it"] = "mathit",
        ["sf"] = "mathsf",
        ["tt"] = "mathtt",
        ["mathnormal"] = "mathit",
        ["mathup"] = "mathrm",
        ["frak"] = "mathfrak",
        ["Bold"] = "mathbf",
    };

    /// <summary>The alphabet of a command; null for other commands.</summary>
    public static string? Find(string command) => Alphabets.ContainsKey(command) ? command : OtherNames.GetValueOrDefault(command);

    /// <summary>The alphabet of a command that changes the letters up to the end of its group, not only in its argument; null for other commands.</summary>
    public static string? FindSwitch(string command) => command is "bf" or "rm" or "it" or "sf" or "tt" or "cal" ? OtherNames[command] : null;

    public static MathNode ToIdentifier(char letter, string? font) =>
        MathNode.Identifier(Convert(letter.ToString(), font), font is "mathrm" ? MathNode.Upright : "");

    public static MathNode ToNumber(string digits, string? font) => MathNode.Number(Convert(digits, font));

    /// <summary>The same letters and digits in an alphabet, as far as it has them.</summary>
    public static string Convert(string text, string? font) => font is null ? text : string.Concat(text.Select(c => Convert(c, font)));

    private static string Convert(char c, string font)
    {
        var (capital, small, digit, exceptions) = Alphabets[font];
        var exception = char.IsAsciiLetter(c) ? exceptions.IndexOf(c, StringComparison.Ordinal) : -1;
        if (exception >= 0)
        {
            return exceptions[exception + 1].ToString();
        }

        var code = c switch
        {
            >= 'A' and <= 'Z' when capital > 0 => capital + (c - 'A'),
            >= 'a' and <= 'z' when small > 0 => small + (c - 'a'),
            >= '0' and <= '9' when digit > 0 => digit + (c - '0'),
            >= 'α' and <= 'ω' when font is "boldsymbol" or "mathbf" => 0x1D736 + (c - 'α'),
            >= 'Α' and <= 'Ω' when font is "boldsymbol" or "mathbf" => 0x1D6A8 + (c - 'Α'),
            _ => c,
        };
        return char.ConvertFromUtf32(code);
    }
}
