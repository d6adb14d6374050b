using System.Net;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;

namespace GeminiChat.Running.Chaos;

/// <summary>
/// Puts a reply together from its event stream, whatever happens to the connection; leaves it now and then, and comes
/// back at any cursor that it has seen.
/// </summary>
/// <param name="service">Where the program is.</param>
/// <param name="room">The room.</param>
/// <param name="reply">The reply.</param>
/// <param name="random">When to leave, and where to come back; null to stay, and to go on where the connection broke.</param>
/// <param name="start">A cursor to begin at, with the text before it; null to begin at the start.</param>
public sealed class ReconnectingReader(ServiceUnderTest service, RoomHistory room, long reply, Random? random, Tuple<string, string>? start = null)
{
    private readonly StringBuilder _text = new(start?.Item2);
    private readonly List<string> _cursors = start is null ? [] : [start.Item1];
    private int _attempt = start is null ? 0 : Cursor(start.Item1).Attempt;

    /// <summary>Called with every cursor, and the text before it.</summary>
    public Action<string, string>? OnText { get; init; }

    /// <summary>Reads to the reply's end.</summary>
    /// <param name="first">A response that streams already; null to attach.</param>
    /// <returns>Whether the end was reached; else the room was deleted.</returns>
    public async Task<bool> Read(HttpResponseMessage? first)
    {
        var response = first ?? await Attach();
        while (response is not null)
        {
            using (response)
            {
                if (await ReadConnection(response) is { } isEnd)
                {
                    return isEnd;
                }
            }

            response = await Attach();
        }

        return false;
    }

    private async Task<HttpResponseMessage?> Attach()
    {
        var cursor = Rewind();
        List<(string, string)> headers = [("Accept", "text/event-stream")];
        if (cursor is not null)
        {
            headers.Add(("Last-Event-ID", cursor));
        }

        var path = $"/chatroom/{room.Id}/message/{reply}";
        var response = await service.SendWithRetries(http => room.User.Through(http).Open(HttpMethod.Get, path, null, [.. headers]));
        if (response.StatusCode is HttpStatusCode.NotFound && room.IsBeingDeleted)
        {
            response.Dispose();
            return null;
        }

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return response;
    }

    /// <summary>Goes back to a cursor that was seen, and forgets what came after it; mostly to the last.</summary>
    private string? Rewind()
    {
        var keep = random?.Next(3) == 0 ? random.Next(_cursors.Count + 1) : _cursors.Count;
        _cursors.RemoveRange(keep, _cursors.Count - keep);
        if (_cursors.Count == 0)
        {
            _text.Clear();
            _attempt = 0;
            return null;
        }

        _text.Length = Cursor(_cursors[^1]).Offset;
        return _cursors[^1];
    }

    /// <summary>Reads until the end (true), the room's deletion (false), or as far as the connection goes (null).</summary>
    private async Task<bool?> ReadConnection(HttpResponseMessage response)
    {
        var patience = random?.Next(4) == 0 ? random.Next(20) : int.MaxValue;
        try
        {
            var stream = await response.Content.ReadAsStreamAsync();
            await foreach (var item in SseParser.Create(stream).EnumerateAsync())
            {
                if (Process(item) is { } isEnd)
                {
                    return isEnd;
                }

                if (--patience <= 0)
                {
                    return null;
                }
            }
        }
        catch (Exception broken) when (ServiceUnderTest.IsConnectionError(broken) || broken is ObjectDisposedException or OperationCanceledException)
        {
            // The process was ended.
        }

        return null;
    }

    private bool? Process(SseItem<string> item)
    {
        switch (item.EventType)
        {
            case "accepted":
                Assert.Equal(0, _text.Length);
                Seen(item);
                return null;
            case "token":
                _text.Append(JsonElement.Parse(item.Data).GetProperty("text").GetString());
                Seen(item);
                return null;
            case "reset":
                _text.Clear();
                _cursors.Clear();
                _attempt = 0;
                Seen(item);
                return null;
            case "done":
                Assert.Equal($"{_attempt}-{_text.Length}-end", item.EventId);
                Assert.Equal(JsonElement.Parse(item.Data).Content(), _text.ToString());
                room.ReadReplies.Enqueue((reply, _text.ToString()));
                return true;
            case "error" when room.IsBeingDeleted && item.Data.Contains("deleted", StringComparison.Ordinal):
                return false;
            case "error":
                Assert.Equal(0, _text.Length);
                room.ReadReplies.Enqueue((reply, ""));
                return true;
            default:
                Assert.Contains(item.EventType, (string[])["reconnect", "ping"]);
                return null;
        }
    }

    /// <summary>The cursor of an event must be the place that the text has come to, in an attempt never older.</summary>
    private void Seen(SseItem<string> item)
    {
        var (attempt, offset) = Cursor(item.EventId!);
        Assert.Equal(_text.Length, offset);
        Assert.True(_attempt == 0 || attempt == _attempt, $"Attempt {_attempt} became {attempt} without a reset.");
        _attempt = attempt;
        _cursors.Add(item.EventId!);
        OnText?.Invoke(item.EventId!, _text.ToString());
    }

    private static (int Attempt, int Offset) Cursor(string id)
    {
        var numbers = id.Split('-').Select(number => int.Parse(number, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        return (numbers[0], numbers[1]);
    }
}
