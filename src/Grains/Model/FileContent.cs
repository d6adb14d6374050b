using Microsoft.Extensions.AI;

namespace GeminiChat.Grains.Model;

/// <summary>A file of a user's message. The client of the model decides how its bytes get to the model.</summary>
/// <param name="userId">Whose file it is.</param>
/// <param name="file">The file.</param>
internal sealed class FileContent(Guid userId, Attachment file) : AIContent
{
    public Guid UserId => userId;

    public Attachment File => file;

    /// <summary>
    /// The message with a note in the place of each file that a model does not understand. The model would refuse the whole prompt, and
    /// every later one of the room.
    /// </summary>
    public static ChatMessage ReplaceUnsupported(ChatMessage message, ModelFamily family) => message.Contents.All(content => IsSupported(content, family))
        ? message
        : new ChatMessage(message.Role, [.. message.Contents.Select(content => IsSupported(content, family) ? content : Note((FileContent)content))]);

    private static bool IsSupported(AIContent content, ModelFamily family) => content is not FileContent { File: var file } || family.Understands(file.MediaType);

    private static TextContent Note(FileContent content) => new($"[{content.File.Name}: this model does not understand {content.File.MediaType}]\n");

    /// <summary>A user's message with its files, which come before the text.</summary>
    public static ChatMessage ToMessage(RoomMessage message, Guid userId) => message.Attachments.IsDefaultOrEmpty
        ? new ChatMessage(ChatRole.User, message.Content)
        : new ChatMessage(ChatRole.User, [.. message.Attachments.Select(file => new FileContent(userId, file)), new TextContent(message.Content)]);
}
