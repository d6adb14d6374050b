using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using GeminiChat.Gateway.Chatrooms;

namespace GeminiChat.Gateway.Streams;

/// <summary>
/// Writes server-sent events (WHATWG HTML, 9.2) into the pipe of the response. JSON has no raw line breaks, so each event has
/// one <c>data</c> line. The caller flushes.
/// </summary>
internal sealed class EventStreamWriter(PipeWriter pipe)
{
    /// <summary>Enough for the <c>event</c> and <c>id</c> lines with the longest name and two numbers.</summary>
    private const int HeadBytes = 96;

    // The framework's own writer cannot write comments, and allocates up to three objects per event.
    private readonly Utf8JsonWriter _json = new(pipe, new JsonWriterOptions { Encoder = Json.Encoder, SkipValidation = true });

    public void WriteAccepted(ReplyCursor cursor, AcceptedResponse turn)
    {
        WriteHead("accepted", cursor);
        WriteData(turn);
    }

    /// <summary>Writes a piece of a reply's text or thoughts.</summary>
    public void WriteText(string name, ReplyCursor cursor, ReadOnlySpan<char> text)
    {
        WriteHead(name, cursor);
        _json.WriteStartObject();
        _json.WriteString("text"u8, text);
        _json.WriteEndObject();
        WriteEnd();
    }

    public void WriteReset(int attempt)
    {
        WriteHead("reset", new ReplyCursor(attempt, 0));
        _json.WriteStartObject();
        _json.WriteNumber("attempt"u8, attempt);
        _json.WriteEndObject();
        WriteEnd();
    }

    /// <summary>Writes an event. The type of its data must be known to <see cref="JsonContext"/>.</summary>
    public void WriteEvent(string name, string id, object data)
    {
        WriteHead($"event: {name}\nid: {id}\ndata: ");
        WriteData(data);
    }

    public void WriteError(ProblemBody problem, string? id)
    {
        WriteHead(id is null ? $"event: error\ndata: " : $"event: error\nid: {id}\ndata: ");
        WriteData(problem);
    }

    /// <summary>The event has no id, so the client keeps its cursor.</summary>
    public void WriteReconnect() => pipe.Write("event: reconnect\ndata: {}\n\n"u8);

    /// <summary>Sets the client's cursor before the first event.</summary>
    public void WriteId(string id) => WriteHead($"id: {id}\n\n");

    public void WriteComment(ReadOnlySpan<byte> text)
    {
        pipe.Write(": "u8);
        pipe.Write(text);
        pipe.Write("\n\n"u8);
    }

    /// <summary>The text of a stream, for the OpenAPI document.</summary>
    public static string Text(Action<EventStreamWriter> write)
    {
        using var memory = new MemoryStream();
        var pipe = PipeWriter.Create(memory);
        write(new EventStreamWriter(pipe));
        pipe.Complete();
        return Encoding.UTF8.GetString(memory.ToArray());
    }

    private void WriteHead(string name, ReplyCursor cursor)
    {
        Utf8.TryWrite(
            pipe.GetSpan(HeadBytes),
            CultureInfo.InvariantCulture,
            $"event: {name}\nid: {cursor.Attempt}-{cursor.Offset}\ndata: ",
            out var length);
        pipe.Advance(length);
    }

    private void WriteHead(string head)
    {
        Utf8.TryWrite(pipe.GetSpan(HeadBytes), $"{head}", out var length);
        pipe.Advance(length);
    }

    private void WriteData(object data)
    {
        JsonSerializer.Serialize(_json, data, data.GetType(), Json.Context);
        WriteEnd();
    }

    private void WriteEnd()
    {
        _json.Flush();
        _json.Reset();
        pipe.Write("\n\n"u8);
    }
}
