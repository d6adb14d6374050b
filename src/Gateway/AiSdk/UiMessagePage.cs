using System.Text.Json;

namespace GeminiChat.Gateway.AiSdk;

/// <summary>A page of messages as a JSON array, oldest first.</summary>
/// <param name="Body">The array.</param>
/// <param name="OlderBefore">The id before which older messages are; null if there are none.</param>
internal sealed record UiMessagePage(SerializedJson Body, long? OlderBefore)
{
    /// <summary>The newest messages, at most <see cref="SizeLimits.MaxPageBytes"/> unless a single one is larger.</summary>
    /// <param name="view">The messages to choose from; null for none.</param>
    /// <param name="filesOrigin">The origin of the addresses of files.</param>
    public static UiMessagePage Newest(RoomView? view, string filesOrigin)
    {
        if (view is null)
        {
            return new UiMessagePage(Join([]), null);
        }

        var (page, left) = (new List<byte[]>(view.Messages.Length), SizeLimits.MaxPageBytes);
        foreach (var message in view.Messages.Reverse())
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(UiMessage.Of(message, view.Room.Id, filesOrigin), Json.Context.UiMessage);
            left -= json.Length;
            if (left < 0 && page.Count > 0)
            {
                break;
            }

            page.Add(json);
        }

        page.Reverse();
        var hasOlder = page.Count > 0 && (view.HasOlder || page.Count < view.Messages.Length);
        return new UiMessagePage(Join(page), hasOlder ? view.Messages[^page.Count].Id : null);
    }

    private static SerializedJson Join(List<byte[]> messages)
    {
        using var json = new MemoryStream();
        json.WriteByte((byte)'[');
        for (var index = 0; index < messages.Count; index++)
        {
            json.Write(index == 0 ? [] : ","u8);
            json.Write(messages[index]);
        }

        json.WriteByte((byte)']');
        return new SerializedJson(json.ToArray());
    }
}
