namespace GeminiChat.Gateway.Rendering.Formulas;

/// <summary>Parses what is below and above a node: scripts, limits and primes.</summary>
internal static class TexScripts
{
    private const int MaxPrimes = 20;
    private const string MovableLimits = " movablelimits=\"true\"";
    private const string FixedLimits = " movablelimits=\"false\"";

    /// <summary>The node with its scripts; the node alone if it has none.</summary>
    public static MathNode Parse(TexParser parser, MathNode atom)
    {
        var (node, placement) = ParseLimits(parser.Reader, atom);
        var (below, above) = ParseBelowAndAbove(parser);
        var (sub, sup, both) = placement is ScriptPlacement.Beside ? ("msub", "msup", "msubsup") : ("munder", "mover", "munderover");
        return (below, above) switch
        {
            (null, null) => node,
            ({ } low, null) => MathNode.Of(sub, node, low),
            (null, { } high) => MathNode.Of(sup, node, high),
            ({ } low, { } high) => MathNode.Of(both, node, low, high),
        };
    }

    /// <summary>The commands after a node that say where its scripts go.</summary>
    private static (MathNode Node, ScriptPlacement Placement) ParseLimits(TexReader reader, MathNode atom)
    {
        var placement = atom.Scripts;
        while (true)
        {
            reader.SkipBlanks();
            if (reader.TryRead("\\limits"))
            {
                (atom, placement) = (WithFixedLimits(atom), ScriptPlacement.BelowAndAbove);
            }
            else if (reader.TryRead("\\nolimits"))
            {
                placement = ScriptPlacement.Beside;
            }
            else
            {
                return (atom, placement);
            }
        }
    }

    private static MathNode WithFixedLimits(MathNode atom) =>
        atom.Attributes.Contains(MovableLimits, StringComparison.Ordinal)
            ? atom with { Attributes = atom.Attributes.Replace(MovableLimits, FixedLimits, StringComparison.Ordinal) }
        : atom.Tag is not "mo" || atom.Attributes.Contains(FixedLimits, StringComparison.Ordinal) ? atom
        : atom.With(FixedLimits);

    private static (MathNode? Below, MathNode? Above) ParseBelowAndAbove(TexParser parser)
    {
        var reader = parser.Reader;
        MathNode? below = null, primes = null, above = null;
        for (; reader.Peek() is '^' or '_' or '\''; reader.SkipBlanks())
        {
            if (reader.Peek() is '\'')
            {
                primes = primes is null && above is null ? ParsePrimes(reader) : throw reader.Unexpected();
            }
            else if (reader.Read() is '_')
            {
                below = below is null ? parser.ParseArgument() : throw reader.Unexpected();
            }
            else
            {
                above = above is null ? parser.ParseArgument() : throw reader.Unexpected();
            }
        }

        return (below, primes is null || above is null ? primes ?? above : MathNode.Of("mrow", primes, above));
    }

    private static MathNode ParsePrimes(TexReader reader)
    {
        var count = 0;
        while (reader.TryRead("'"))
        {
            count++;
        }

        var text = count switch { 1 => "′", 2 => "″", 3 => "‴", <= MaxPrimes => new string('′', count), _ => throw reader.Unexpected() };
        return MathNode.Operator(text, " lspace=\"0em\" rspace=\"0em\"") with { ExpectsOperand = false };
    }
}
