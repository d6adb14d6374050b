using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Encodings.Web;
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

        if (MessageStatusNote.Of(message) is { } remark)
        {
            WriteText($"\n*{remark}*\n");
        }
    }

    public void End()
    {
    }

    private void WriteText(string text) => Encoding.UTF8.GetBytes(text, pipe);
}

/// <summary>A room as a page in one file, without scripts. Pictures and files are not in it.</summary>
internal sealed class HtmlExportWriter(PipeWriter pipe) : IExportWriter
{
    private const string Policy = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">";

    public void Begin(RoomView room)
    {
        WriteText(ConversationHtml.Begin(
            VisibleText.WithoutBidi(room.Room.Name), $"Created on {ConversationHtml.FormatDate(room.Room.CreatedAt)}", $"{Policy}\n<style>\n{ConversationHtml.Styles}</style>"));
        if (room.SystemPrompt is { } prompt)
        {
            WriteText($"<details>\n<summary>System prompt</summary>\n<div class=\"rich\">\n{PlainTextHtml.ToHtml(prompt)}</div>\n</details>\n");
        }
    }

    public void Write(RoomMessage message)
    {
        var html = message.Content.Length == 0 ? ""
            : message.Sender is Sender.Ai ? ReplyHtml.Render(message.Content)
            : PlainTextHtml.ToHtml(message.Content);
        var note = MessageStatusNote.Of(message) is { } text ? $"<p class=\"note\">{HtmlEncoder.Default.Encode(text)}</p>\n" : null;
        WriteText(ConversationHtml.Write(message, html, note));
    }

    public void End() => WriteText(ConversationHtml.End);

    private void WriteText(string text) => Encoding.UTF8.GetBytes(text, pipe);
}

/// <summary>What a document says of a message that did not end as usual.</summary>
internal static class MessageStatusNote
{
    public static string? Of(RoomMessage message) => message.Status switch
    {
        MessageStatus.Queued or MessageStatus.Generating => "This is still being written.",
        MessageStatus.Stopped => "Stopped.",
        MessageStatus.Incomplete or MessageStatus.Failed => MessageError.Of(message.Reason ?? EndReasons.ModelError).Detail,
        _ => null,
    };
}
