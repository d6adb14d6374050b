using System.Text.Json;

namespace GeminiChat.Gateway.Tests.Chatrooms;

/// <summary>Reads the stream of a reply with its HTML, and puts the blocks together as a client does.</summary>
internal sealed class HtmlStreamReader(SseReader events)
{
    private readonly List<string> _blocks = [];

    public string Html => string.Concat(_blocks);

    public string Text { get; private set; } = "";

    public JsonElement End { get; private set; }

    public static async Task<HtmlStreamReader> ReadAsync(SseReader events)
    {
        var reader = new HtmlStreamReader(events);
        await reader.ReadToEnd();
        return reader;
    }

    public async Task ReadUntil(string html)
    {
        while (Html != html)
        {
            await ReadNext();
        }
    }

    public async Task ReadToEnd()
    {
        while (End.ValueKind is JsonValueKind.Undefined)
        {
            await ReadNext();
        }

        await events.ExpectEndAsync();
    }

    private async Task ReadNext()
    {
        var item = await events.NextAsync();
        var data = JsonDocument.Parse(item.Data).RootElement;
        switch (item.EventType)
        {
            case "html":
                Assert.Null(item.EventId);
                Take(data.GetProperty("block").GetInt32(), data.GetProperty("keep").GetInt32(), data.Text("html")!, data.GetProperty("blocks").GetInt32());
                break;
            case "token":
                Text += data.Text("text");
                break;
            case "reset":
                Text = "";
                _blocks.Clear();
                break;
            case "done":
                End = data;
                break;
            default:
                Assert.Equal("accepted", item.EventType);
                break;
        }
    }

    private void Take(int block, int keep, string html, int count)
    {
        _blocks.AddRange(Enumerable.Repeat("", Math.Max(0, block + 1 - _blocks.Count)));
        _blocks[block] = _blocks[block][..keep] + html;
        _blocks.RemoveRange(Math.Min(count, _blocks.Count), Math.Max(0, _blocks.Count - count));
    }
}
