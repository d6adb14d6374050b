using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using GeminiChat.Gateway.Rendering;

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

    /// <summary>Tells clients that reconnect by themselves to wait a second. It is the first line of every stream.</summary>
    public void WriteRetry() => pipe.Write("retry: 1000\n"u8);

    /// <summary>Writes a piece of a reply's text or thoughts.</summary>
    public void WriteText(string name, ReplyCursor cursor, ReadOnlySpan<char> text)
    {
        WriteHead(name, cursor);
        _json.WriteStartObject();
        _json.WriteString("type"u8, name);
        _json.WriteString("text"u8, text);
        _json.WriteEndObject();
        WriteEnd();
    }

    public void WriteReset(int attempt)
    {
        const string Name = "reset";
        WriteHead(Name, new ReplyCursor(attempt, 0));
        _json.WriteStartObject();
        _json.WriteString("type"u8, Name);
        _json.WriteNumber("attempt"u8, attempt);
        _json.WriteEndObject();
        WriteEnd();
    }

    /// <summary>Writes a change of a reply's HTML. It has no id: after a new connection, the HTML comes from its beginning.</summary>
    public void WriteHtml(in HtmlChange change)
    {
        const string Name = "html";
        WriteHead(Name, id: null);
        _json.WriteStartObject();
        _json.WriteString("type"u8, Name);
        _json.WriteNumber("block"u8, change.Block);
        _json.WriteNumber("keep"u8, change.Keep);
        _json.WriteString("html"u8, change.Html);
        _json.WriteNumber("blocks"u8, change.Blocks);
        _json.WriteEndObject();
        WriteEnd();
    }

    /// <summary>
    /// Writes an event. Its data are the members of an object after <c>type</c>, which repeats the name: many clients show the data
    /// alone to their program. The type of the object must be known to <see cref="JsonContext"/>.
    /// </summary>
    /// <param name="name">The name.</param>
    /// <param name="id">The id; null if the client keeps its cursor.</param>
    /// <param name="data">The members.</param>
    public void WriteEvent(string name, string? id, object data)
    {
        WriteHead(name, id);
        WriteHead($"{{\"type\":\"{name}\"");
        var members = JsonSerializer.SerializeToUtf8Bytes(data, data.GetType(), Json.Context).AsSpan(1);
        pipe.Write(members is [(byte)'}'] ? ""u8 : ","u8);
        pipe.Write(members);
        pipe.Write("\n\n"u8);
    }

    /// <summary>Writes problem details as an event. They have a <c>type</c> of their own, that of RFC 9457.</summary>
    public void WriteError(ProblemBody problem, string? id)
    {
        WriteHead("error", id);
        JsonSerializer.Serialize(_json, problem, Json.Context.ProblemBody);
        WriteEnd();
    }

    /// <summary>The event has no id, so the client keeps its cursor.</summary>
    public void WriteReconnect() => pipe.Write("event: reconnect\ndata: {\"type\":\"reconnect\"}\n\n"u8);

    /// <summary>
    /// Writes a comment. No blank line follows it: common clients take each blank line for the end of an event, and give their
    /// program an event without data.
    /// </summary>
    public void WriteComment(ReadOnlySpan<byte> text)
    {
        pipe.Write(": "u8);
        pipe.Write(text);
        pipe.Write("\n"u8);
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

    private void WriteHead(string name, string? id) => WriteHead(id is null ? $"event: {name}\ndata: " : $"event: {name}\nid: {id}\ndata: ");

    private void WriteHead(string head)
    {
        Utf8.TryWrite(pipe.GetSpan(HeadBytes), $"{head}", out var length);
        pipe.Advance(length);
    }

    private void WriteEnd()
    {
        _json.Flush();
        _json.Reset();
        pipe.Write("\n\n"u8);
    }
}
