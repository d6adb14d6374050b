using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using GeminiChat.Gateway.Rendering;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>Writes a room with all its messages in one format. The caller flushes.</summary>
internal interface IExportWriter
{
    void Begin(RoomView room);

    void Write(RoomMessage message);

    void End();
}

/// <summary>A room in the form of <c>GET /chatroom/{id}</c>, with the messages to export.</summary>
internal sealed class JsonExportWriter(PipeWriter pipe) : IExportWriter
{
    private readonly Utf8JsonWriter _json = new(pipe, new JsonWriterOptions { Encoder = Json.Encoder });

    public void Begin(RoomView room)
    {
        var head = JsonSerializer.SerializeToElement(RoomViewResponse.Of(room), Json.Context.RoomViewResponse);
        _json.WriteStartObject();
        foreach (var member in head.EnumerateObject().Where(member => member.Value.ValueKind is not JsonValueKind.Array))
        {
            member.WriteTo(_json);
        }

        _json.WriteStartArray("messages"u8);
    }

    public void Write(RoomMessage message)
    {
        JsonSerializer.Serialize(_json, MessageResponse.Of(message), Json.Context.MessageResponse);
        _json.Flush();
    }

    public void End()
    {
        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.Flush();
    }
}

/// <summary>
/// A room as a document: a heading for the room and one for each message. The texts are not escaped, because they are Markdown.
/// A block of code or HTML that a text leaves open is closed, or it would contain all that follows.
/// </summary>
internal sealed class MarkdownExportWriter(PipeWriter pipe) : IExportWriter
{
    public void Begin(RoomView room)
    {
        WriteText($"# {string.Join(' ', VisibleText.WithoutBidi(room.Room.Name).Split(default(char[]), StringSplitOptions.RemoveEmptyEntries))}\n\n");
        WriteText(string.Create(CultureInfo.InvariantCulture, $"Created {room.Room.CreatedAt:yyyy-MM-dd HH:mm} UTC\n"));
        if (room.SystemPrompt is { } prompt)
        {
            WriteText($"\n## System prompt\n\n{OpenBlockCloser.Close(prompt)}\n");
        }
    }

    public void Write(RoomMessage message)
    {
        WriteText(message.Sender is Sender.User ? "\n## You\n" : "\n## Assistant\n");
        if (message.Content.Length > 0)
        {
            WriteText($"\n{OpenBlockCloser.Close(message.Content)}\n");
        }

        if (message.Grounding is { Sources: [_, ..] sources })
        {
            WriteText($"\n{string.Join("\n", sources.Select(source => $"* {source.Title}: <{source.Url}>"))}\n");
        }

        if (StatusNote(message) is { } remark)
        {
            WriteText($"\n*{remark}*\n");
        }
    }

    public void End()
    {
    }

    private static string? StatusNote(RoomMessage message) => message.Status switch
    {
        MessageStatus.Queued or MessageStatus.Generating => "This is still being written.",
        MessageStatus.Stopped => "Stopped.",
        MessageStatus.Incomplete or MessageStatus.Failed => MessageError.Of(message.Reason ?? EndReasons.ModelError).Detail,
        _ => null,
    };

    private void WriteText(string text) => Encoding.UTF8.GetBytes(text, pipe);
}
