using System.Collections.Frozen;

namespace GeminiChat.Gateway.Rendering.Formulas;

/// <summary>The commands of TeX that stand for a character, a name or a space.</summary>
internal static class TexSymbols
{
    public static FrozenDictionary<string, string> Letters { get; } = ParsePairs("""
        alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ varkappa ϰ lambda λ mu μ nu ν xi ξ
        omicron ο pi π varpi ϖ rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ phi ϕ varphi φ chi χ psi ψ omega ω digamma ϝ
        hbar ℏ hslash ℏ ell ℓ imath ı jmath ȷ wp ℘
        """);

    /// <summary>Letters that are upright.</summary>
    public static FrozenDictionary<string, string> UprightLetters { get; } = ParsePairs("""
        Alpha Α Beta Β Gamma Γ Delta Δ Epsilon Ε Zeta Ζ Eta Η Theta Θ Iota Ι Kappa Κ Lambda Λ Mu Μ Nu Ν Xi Ξ Omicron Ο Pi Π Rho Ρ Sigma Σ Tau Τ
        Upsilon Υ Phi Φ Chi Χ Psi Ψ Omega Ω infty ∞ emptyset ∅ varnothing ∅ Re ℜ Im ℑ aleph ℵ beth ℶ nabla ∇ partial ∂ top ⊤ bot ⊥ angle ∠
        measuredangle ∡ triangle △ square □ Box □ blacksquare ■ diamond ⋄ Diamond ◊ bigstar ★ clubsuit ♣ diamondsuit ♢ heartsuit ♡ spadesuit ♠ flat ♭
        natural ♮ sharp ♯ degree ° checkmark ✓ dag † dagger † ddag ‡ ddagger ‡ S § P ¶ pounds £ euro € yen ¥ copyright © R ℝ N ℕ Z ℤ Q ℚ C ℂ reals ℝ
        eth ð mho ℧ complement ∁ prime ′ backprime ‵ ldots … dots … cdots ⋯ dotsc … dotsb ⋯ dotsm ⋯ dotsi ⋯ dotso … vdots ⋮ ddots ⋱ iddots ⋰ qed ■
        $ $ % % & & # # _ _ AA Å aa å
        """);

    public static FrozenDictionary<string, string> Operators { get; } = ParsePairs("""
        pm ± mp ∓ times × div ÷ cdot ⋅ cdotp ⋅ ast ∗ star ⋆ circ ∘ bullet ∙ oplus ⊕ ominus ⊖ otimes ⊗ oslash ⊘ odot ⊙ cap ∩ cup ∪ Cap ⋒ Cup ⋓ uplus ⊎
        sqcap ⊓ sqcup ⊔ vee ∨ lor ∨ wedge ∧ land ∧ setminus ∖ smallsetminus ∖ wr ≀ amalg ⨿ ltimes ⋉ rtimes ⋊ boxplus ⊞ boxtimes ⊠ boxdot ⊡ dotplus ∔
        bigtriangleup △ bigtriangledown ▽ triangleleft ◃ triangleright ▹ lhd ⊲ rhd ⊳ bigcirc ◯ barwedge ⊼ veebar ⊻
        le ≤ leq ≤ leqslant ⩽ leqq ≦ ge ≥ geq ≥ geqslant ⩾ geqq ≧ lt < gt > ne ≠ neq ≠ ll ≪ gg ≫ lll ⋘ ggg ⋙ equiv ≡ sim ∼ simeq ≃ approx ≈ approxeq ≊
        cong ≅ propto ∝ varpropto ∝ asymp ≍ doteq ≐ triangleq ≜ coloneqq ≔ coloneq ≔ eqqcolon ≕ prec ≺ succ ≻ preceq ⪯ succeq ⪰ precsim ≾ succsim ≿
        lesssim ≲ gtrsim ≳ lessgtr ≶ nless ≮ ngtr ≯ nleq ≰ ngeq ≱ in ∈ ni ∋ notin ∉ subset ⊂ supset ⊃ subseteq ⊆ supseteq ⊇ subsetneq ⊊ supsetneq ⊋
        nsubseteq ⊈ nsupseteq ⊉ sqsubset ⊏ sqsupset ⊐ sqsubseteq ⊑ sqsupseteq ⊒ mid ∣ nmid ∤ parallel ∥ nparallel ∦ perp ⟂ vdash ⊢ dashv ⊣ models ⊨
        vDash ⊨ Vdash ⊩ nvdash ⊬ nvDash ⊭ bowtie ⋈ smile ⌣ frown ⌢ between ≬ pitchfork ⋔ therefore ∴ because ∵ colon : vcentcolon : ncong ≇ nsim ≁
        to → rightarrow → longrightarrow ⟶ gets ← leftarrow ← longleftarrow ⟵ leftrightarrow ↔ longleftrightarrow ⟷ Rightarrow ⇒ implies ⟹
        Longrightarrow ⟹ Leftarrow ⇐ impliedby ⟸ Longleftarrow ⟸ Leftrightarrow ⇔ iff ⟺ Longleftrightarrow ⟺ mapsto ↦ longmapsto ⟼ hookrightarrow ↪
        hookleftarrow ↩ uparrow ↑ downarrow ↓ updownarrow ↕ Uparrow ⇑ Downarrow ⇓ Updownarrow ⇕ nearrow ↗ searrow ↘ swarrow ↙ nwarrow ↖
        rightharpoonup ⇀ rightharpoondown ⇁ leftharpoonup ↼ leftharpoondown ↽ rightleftharpoons ⇌ leftrightharpoons ⇋ rightsquigarrow ⇝ leadsto ⇝
        twoheadrightarrow ↠ rightrightarrows ⇉ leftrightarrows ⇆ rightleftarrows ⇄ nrightarrow ↛ nRightarrow ⇏ nleftarrow ↚ nLeftrightarrow ⇎ multimap ⊸
        curvearrowright ↷ circlearrowleft ↺ circlearrowright ↻ upharpoonright ↾ restriction ↾ dashrightarrow ⇢
        forall ∀ exists ∃ nexists ∄ neg ¬ lnot ¬ surd √ backslash \ And &
        """);

    public static FrozenDictionary<string, string> BigOperators { get; } = ParsePairs("""
        sum ∑ prod ∏ coprod ∐ bigcup ⋃ bigcap ⋂ bigoplus ⨁ bigotimes ⨂ bigodot ⨀ bigvee ⋁ bigwedge ⋀ bigsqcup ⨆ biguplus ⨄
        """);

    public static FrozenDictionary<string, string> Integrals { get; } = ParsePairs("""
        int ∫ iint ∬ iiint ∭ oint ∮ oiint ∯ oiiint ∰ smallint ∫ intop ∫
        """);

    public static FrozenDictionary<string, string> Fences { get; } = ParsePairs("""
        langle ⟨ rangle ⟩ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ lvert | rvert | vert | lVert ‖ rVert ‖ Vert ‖ | ‖ { { } } lbrace { rbrace } lbrack [ rbrack ]
        lgroup ⟮ rgroup ⟯ llbracket ⟦ rrbracket ⟧ ulcorner ⌜ urcorner ⌝ llcorner ⌞ lrcorner ⌟
        """);

    /// <summary>Names of functions. Those with an asterisk have their limits below.</summary>
    public static FrozenDictionary<string, string> Functions { get; } = ParsePairs("""
        sin sin cos cos tan tan cot cot sec sec csc csc sinh sinh cosh cosh tanh tanh coth coth arcsin arcsin arccos arccos arctan arctan arg arg deg deg
        dim dim exp exp hom hom ker ker lg lg ln ln log log sgn sgn tr tr rank rank diag diag
        lim *lim max *max min *min sup *sup inf *inf limsup *lim~sup liminf *lim~inf det *det gcd *gcd Pr *Pr argmax *arg~max argmin *arg~min
        injlim *inj~lim projlim *proj~lim
        """);

    /// <summary>Accents above a node. Those with an asterisk are as wide as the node.</summary>
    public static FrozenDictionary<string, string> Accents { get; } = ParsePairs("""
        hat ^ widehat *^ bar ¯ vec → tilde ~ widetilde *~ dot ˙ ddot ¨ dddot ⃛ check ˇ widecheck *ˇ breve ˘ acute ´ grave ` mathring ˚
        overrightarrow *→ overleftarrow *← overleftrightarrow *↔ overbrace *⏞ overbracket *⎴ overgroup *⏠
        """);

    /// <summary>Accents below a node. All of them are as wide as the node.</summary>
    public static FrozenDictionary<string, string> UnderAccents { get; } = ParsePairs("""
        underbrace ⏟ underbracket ⎵ underrightarrow → underleftarrow ← underleftrightarrow ↔
        """);

    /// <summary>The widths of spaces in em.</summary>
    public static FrozenDictionary<string, string> Spaces { get; } = ParsePairs("""
        , 0.1667 thinspace 0.1667 : 0.2222 > 0.2222 medspace 0.2222 ; 0.2778 thickspace 0.2778 ! -0.1667 negthinspace -0.1667 enspace 0.5 enskip 0.5
        quad 1 qquad 2 space 0.25 nobreakspace 0.25
        """);

    /// <summary>Commands that have no effect in MathML.</summary>
    public static FrozenSet<string> Ignored { get; } =
        FrozenSet.ToFrozenSet(["nonumber", "notag", "allowbreak", "nobreak", "hfill", "protect", "relax", "strut", "mathstrut", "null", "/"], StringComparer.Ordinal);

    /// <summary>The node of a command without arguments; null for other commands.</summary>
    public static MathNode? Find(string name, string? font) =>
        Letters.TryGetValue(name, out var letter) ? TexFonts.ToIdentifier(letter[0], font)
        : UprightLetters.TryGetValue(name, out var upright) ? TexFonts.ToIdentifier(upright[0], font ?? "mathrm")
        : Operators.TryGetValue(name, out var sign) ? MathNode.Operator(sign)
        : BigOperators.TryGetValue(name, out var big) ? MathNode.Operator(big) with { Scripts = ScriptPlacement.Movable }
        : Integrals.TryGetValue(name, out var integral) ? MathNode.Operator(integral)
        : Fences.TryGetValue(name, out var fence) ? MathNode.Fence(fence, isOpening: name[0] is 'l' or '{')
        : Functions.TryGetValue(name, out var function) ? MathNode.Function(function.TrimStart('*'), hasLimits: function[0] is '*')
        : Spaces.TryGetValue(name, out var space) ? MathNode.Space(space)
        : string.IsNullOrWhiteSpace(name) ? MathNode.Space("0.25")
        : null;

    private static FrozenDictionary<string, string> ParsePairs(string pairs) => pairs
        .Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).Chunk(2)
        .ToFrozenDictionary(static pair => pair[0], static pair => pair[1].Length > 2 ? pair[1].Replace('~', '\u00A0') : pair[1], StringComparer.Ordinal);
}
