using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using GeminiChat.GrainInterfaces.Chatrooms;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>
/// A room as a document: a heading for the room and one for each message, the texts as they are, since the model writes
/// Markdown and users may. A code block that a text leaves open is closed, or it would swallow all that follows.
/// Superseded replies are left out.
/// </summary>
internal sealed class MarkdownRoom(PipeWriter pipe) : IRoomWriter
{
    private const int ShortestFence = 3;

    public void Begin(RoomView room)
    {
        Text($"# {string.Join(' ', room.Room.Name.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries))}\n\n");
        Text(string.Create(CultureInfo.InvariantCulture, $"Created {room.Room.CreatedAt:yyyy-MM-dd HH:mm} UTC\n"));
        if (room.SystemPrompt is { } prompt)
        {
            Text($"\n## System prompt\n\n{Closed(prompt)}\n");
        }
    }

    public void Write(RoomMessage message)
    {
        if (message.SupersededBy is not null)
        {
            return;
        }

        Text(message.Sender is Sender.User ? "\n## You\n" : "\n## Assistant\n");
        if (message.Content.Length > 0)
        {
            Text($"\n{Closed(message.Content)}\n");
        }

        if (Remark(message) is { } remark)
        {
            Text($"\n*{remark}*\n");
        }
    }

    public void End()
    {
    }

    private static string? Remark(RoomMessage message) => message.Status switch
    {
        MessageStatus.Queued or MessageStatus.Generating => "This is still being written.",
        MessageStatus.Stopped => "Stopped.",
        MessageStatus.Incomplete or MessageStatus.Failed => MessageError.Of(message.Reason ?? EndReasons.ModelError).Detail,
        _ => null,
    };

    /// <summary>A text with the fence that ends its last code block, if it lacks that (CommonMark 0.31, 4.5).</summary>
    private static string Closed(string text)
    {
        var (open, mark) = (0, '`');
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var bare = line.TrimStart(' ');
            var length = Fence(bare);
            if (open == 0 && length > 0)
            {
                (open, mark) = (length, bare[0]);
            }
            else if (open > 0 && length >= open && bare[0] == mark && bare[length..].IsWhiteSpace())
            {
                open = 0;
            }
        }

        return open == 0 ? text : $"{text}\n{new string(mark, open)}";
    }

    private static int Fence(ReadOnlySpan<char> line)
    {
        var length = line is ['`' or '~', ..] ? line.Length - line.TrimStart(line[0]).Length : 0;
        return length >= ShortestFence ? length : 0;
    }

    private void Text(string text) => Encoding.UTF8.GetBytes(text, pipe);
}
