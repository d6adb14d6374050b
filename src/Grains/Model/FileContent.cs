using Microsoft.Extensions.AI;

namespace GeminiChat.Grains.Model;

/// <summary>A file of a user's message. The client of the model decides how its bytes get to the model.</summary>
/// <param name="userId">Whose file it is.</param>
/// <param name="file">The file.</param>
internal sealed class FileContent(Guid userId, Attachment file) : AIContent
{
    public Guid UserId => userId;

    public Attachment File => file;

    /// <summary>A user's message with its files, which come before the text.</summary>
    public static ChatMessage ToMessage(RoomMessage message, Guid userId) => message.Attachments.IsDefaultOrEmpty
        ? new ChatMessage(ChatRole.User, message.Content)
        : new ChatMessage(ChatRole.User, [.. message.Attachments.Select(file => new FileContent(userId, file)), new TextContent(message.Content)]);
}
