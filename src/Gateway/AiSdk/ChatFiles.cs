using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using GeminiChat.Gateway.Files;

namespace GeminiChat.Gateway.AiSdk;

/// <summary>The files of a message: those of data URLs are stored as uploads are.</summary>
internal sealed class ChatFiles(FileUploader uploads)
{
    private const int KeyBytes = 16;

    private static readonly Problem TooMany = Problems.BadRequest(
        string.Create(CultureInfo.InvariantCulture, $"A message can have at most {SizeLimits.MaxAttachments} files."));

    private static readonly Problem Unknown = Problems.BadRequest(
        "The url of a file must be a data URL with base64, or the address of the content of an uploaded file.");

    /// <summary>The ids of the files, or why there are none.</summary>
    public async Task<(Guid[] Ids, Problem? Problem)> Store(RoomKey room, UiMessageInput message, HttpContext http)
    {
        UiPartInput[] files = [.. message.GetFiles()];
        if (files.Length > SizeLimits.MaxAttachments || files.Any(file => file.Url is not { Data: not null } and not { FileId: not null }))
        {
            return ([], files.Length > SizeLimits.MaxAttachments ? TooMany : Unknown);
        }

        var ids = new Guid[files.Length];
        for (var index = 0; index < files.Length; index++)
        {
            if (files[index].Url!.FileId is { } known)
            {
                ids[index] = known;
                continue;
            }

            var (file, problem) = await Upload(room, files[index], http);
            if (file is null)
            {
                return ([], problem);
            }

            ids[index] = file.Id;
        }

        return (ids, null);
    }

    /// <summary>
    /// A client sends the bytes again with each edit and regenerate. The key is made of them, so a file is stored once in a room.
    /// </summary>
    private async Task<(UserFile? File, Problem? Problem)> Upload(RoomKey room, UiPartInput part, HttpContext http)
    {
        var bytes = part.Url!.Data!.Value;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{room} {part.Filename}\n"));
        hash.AppendData(bytes.Span);
        var key = $"chat-{Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, KeyBytes))}";
        return await uploads.StoreAsync(room.UserId, part.Filename, bytes, key, http);
    }
}
