using System.Globalization;
using GeminiChat.Fakes;
using Microsoft.Extensions.Configuration;

// Always answers well: --urls http://127.0.0.1:8089 --words 20 --delay 0 (milliseconds between words). Any key will do.
var settings = new ConfigurationBuilder().AddCommandLine(args).Build();
var words = int.Parse(settings["words"] ?? "20", CultureInfo.InvariantCulture);
var delay = TimeSpan.FromMilliseconds(double.Parse(settings["delay"] ?? "0", CultureInfo.InvariantCulture));
var options = new FakeGeminiOptions { Url = settings["urls"] ?? "http://127.0.0.1:8089", Key = null, Record = false };

await using var fake = await FakeGemini.Start(options);
fake.ReplyAlways(Script.Words(string.Join(' ', Enumerable.Range(1, words).Select(number => $"word{number}")), delay));
Console.WriteLine($"Fake Gemini at {fake.BaseUrl}: {words} words, {delay.TotalMilliseconds} ms apart. Ctrl+C ends it.");

var ended = new TaskCompletionSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    ended.TrySetResult();
};
await ended.Task;
