using GeminiChat.Bench;

// Measures the gateway beside yardsticks that do nothing but the unavoidable, in one run: see README.md.
return args switch
{
    ["gemini", var url, var words, var delay] => await BenchCommands.RunFakeGemini(url, int.Parse(words), TimeSpan.FromMilliseconds(int.Parse(delay))),
    ["yardstick", var url, var gemini] => await BaselineServer.Serve(url, gemini),
    ["replies"] => await Replies.Measure(words: 20),
    ["long-replies"] => await Replies.Measure(words: 400),
    ["rendering"] => Rendering.Measure(),
    ["reads"] => await Reads.Measure(),
    ["rooms"] => await LongRooms.Measure(),
    ["streams", var count] => await Streams.Measure(int.Parse(count)),
    _ => BenchCommands.Usage(),
};
