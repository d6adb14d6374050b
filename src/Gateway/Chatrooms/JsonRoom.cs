using System.IO.Pipelines;
using System.Text.Json;
using GeminiChat.Gateway.Web;
using GeminiChat.GrainInterfaces.Chatrooms;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>
/// A room as <c>GET /chatroom/{id}</c> gives it, with all its messages, replies that have been superseded among them.
/// </summary>
internal sealed class JsonRoom(PipeWriter pipe) : IRoomWriter
{
    private readonly Utf8JsonWriter _json = new(pipe, new JsonWriterOptions { Encoder = Json.Encoder });

    public void Begin(RoomView room)
    {
        var head = JsonSerializer.SerializeToElement(
            RoomViewResponse.Of(room with { Messages = [] }), Json.Context.RoomViewResponse);
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
