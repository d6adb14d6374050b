using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using GeminiChat.Gateway.Chatrooms;

namespace GeminiChat.Gateway.Streams;

/// <summary>
/// The wire form of events (WHATWG HTML, 9.2), written straight into the response's pipe. JSON has no raw line breaks,
/// so each event has one <c>data</c> line. Nothing is flushed here.
/// </summary>
internal sealed class EventStreamWriter(PipeWriter pipe)
{
    /// <summary>Room for the <c>event</c> and <c>id</c> lines: the longest name, two numbers and what is around them.</summary>
    private const int HeadBytes = 96;

    // The framework's own writer cannot write comments, and makes an object or three for every event.
    private readonly Utf8JsonWriter _json = new(pipe, new JsonWriterOptions { Encoder = Json.Encoder, SkipValidation = true });

    public void WriteAccepted(ReplyCursor cursor, AcceptedResponse turn)
    {
        WriteHead("accepted", cursor);
        WriteData(turn, Json.Context.AcceptedResponse);
    }

    public void WriteToken(ReplyCursor cursor, ReadOnlySpan<char> text)
    {
        WriteHead("token", cursor);
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

    /// <summary>An event with its data as JSON.</summary>
    public void WriteEvent<T>(string name, string id, T data, JsonTypeInfo<T> type)
    {
        WriteHead($"event: {name}\nid: {id}\ndata: ");
        WriteData(data, type);
    }

    public void WriteError(ProblemBody problem, string? id)
    {
        WriteHead(id is null ? $"event: error\ndata: " : $"event: error\nid: {id}\ndata: ");
        WriteData(problem, Json.Context.ProblemBody);
    }

    /// <summary>Has no id: the client reads on from where it is.</summary>
    public void WriteReconnect() => pipe.Write("event: reconnect\ndata: {}\n\n"u8);

    /// <summary>No event, but where to read on if the connection breaks before the first one.</summary>
    public void WriteId(string id) => WriteHead($"id: {id}\n\n");

    /// <summary>What clients skip.</summary>
    public void WriteComment(ReadOnlySpan<byte> text)
    {
        pipe.Write(": "u8);
        pipe.Write(text);
        pipe.Write("\n\n"u8);
    }

    /// <summary>A stream's bytes as text, for the OpenAPI document.</summary>
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

    private void WriteData<T>(T data, JsonTypeInfo<T> type)
    {
        JsonSerializer.Serialize(_json, data, type);
        WriteEnd();
    }

    private void WriteEnd()
    {
        _json.Flush();
        _json.Reset();
        pipe.Write("\n\n"u8);
    }
}
