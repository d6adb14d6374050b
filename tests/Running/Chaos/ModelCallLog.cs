using System.Collections.Concurrent;
using System.Globalization;
using GeminiChat.Fakes;

namespace GeminiChat.Running.Chaos;

/// <summary>A call of the model, and what it was to say.</summary>
/// <param name="Request">The call.</param>
/// <param name="Text">All of its text; no two calls have the same.</param>
/// <param name="Begin">Its place among all beginnings and ends.</param>
public sealed record ModelCall(RecordedRequest Request, string Text, long Begin)
{
    /// <summary>The place of its end; at the far end while it runs.</summary>
    public long End { get; set; } = long.MaxValue;

    /// <summary>Whether its client left before its end.</summary>
    public bool IsBrokenOff => Request.WasClosedByClient is { IsCompleted: true, Result: true };

    public string Room => Request.System ?? "";

    public string Question => Request.LastText;
}

/// <summary>A moody model, which remembers what it said.</summary>
public sealed class ModelCallLog(int seed)
{
    private static readonly string[] Words = ["alpha", "bête", "γάμμα", "дельта", "😀", "👩‍👩‍👧", "\n\n* item", "`code`", "<b>", "𝒳"];

    private readonly ConcurrentQueue<ModelCall> _calls = new();
    private long _clock;

    public IReadOnlyCollection<ModelCall> Calls => _calls;

    /// <summary>Chooses what to say: mostly an answer at some speed, now and then a fault.</summary>
    public Script Answer(RecordedRequest request)
    {
        var random = new Random(unchecked((seed * 397) ^ request.Number));
        var pieces = Enumerable.Range(0, random.Next(1, 40)).Select(_ => " " + Words[random.Next(Words.Length)]).ToArray();
        pieces[0] = string.Create(CultureInfo.InvariantCulture, $"<{request.Number}>");
        var pace = TimeSpan.FromMilliseconds(random.Next(0, 30));
        var all = Script.Chunks(pace, pieces);
        var (said, last) = random.Next(100) switch
        {
            < 3 => (Script.Chunks(), Script.Overloaded()),
            < 6 => (all, Script.BareError()),
            < 8 => (Script.Chunks(), Script.Blocked()),
            < 10 => (all, Script.Finish("MAX_TOKENS")),
            < 30 => (all.Sliced(random.Next(3, 50)), Script.Finish()),
            _ => (all, Script.Finish()),
        };
        return Record(request, string.Concat(pieces), said, last);
    }

    /// <summary>Remembers what a script is to say.</summary>
    /// <remarks>A call is over when its last event goes out: who gets that may begin the next one at once.</remarks>
    public Script Record(RecordedRequest request, string text, Script said, Script last)
    {
        var call = new ModelCall(request, text, Interlocked.Increment(ref _clock));
        _calls.Enqueue(call);
        return new Script(async exchange =>
        {
            try
            {
                await said.Play(exchange);
            }
            finally
            {
                call.End = Interlocked.Increment(ref _clock);
            }

            await last.Play(exchange);
        });
    }
}
