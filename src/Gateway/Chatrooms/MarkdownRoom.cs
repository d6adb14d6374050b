using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using GeminiChat.Gateway.Rendering;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>
/// A room as a document: a heading for the room and one for each message, the texts as they are, since the model writes
/// Markdown and users may. A block of code or HTML that a text leaves open is closed, or it would swallow all that follows.
/// Superseded replies are left out.
/// </summary>
internal sealed class MarkdownRoom(PipeWriter pipe) : IRoomWriter
{
    public void Begin(RoomView room)
    {
        Text($"# {string.Join(' ', VisibleText.WithoutBidi(room.Room.Name).Split(default(char[]), StringSplitOptions.RemoveEmptyEntries))}\n\n");
        Text(string.Create(CultureInfo.InvariantCulture, $"Created {room.Room.CreatedAt:yyyy-MM-dd HH:mm} UTC\n"));
        if (room.SystemPrompt is { } prompt)
        {
            Text($"\n## System prompt\n\n{OpenBlock.Close(prompt)}\n");
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
            Text($"\n{OpenBlock.Close(message.Content)}\n");
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

    private void Text(string text) => Encoding.UTF8.GetBytes(text, pipe);
}
