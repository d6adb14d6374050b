using GeminiChat.GrainInterfaces.Chatrooms;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>Writes a room with all its messages in one form. Nothing is flushed here.</summary>
internal interface IRoomWriter
{
    /// <summary>What comes before the messages.</summary>
    void Begin(RoomView room);

    /// <summary>The next message.</summary>
    void Write(RoomMessage message);

    /// <summary>What comes after them.</summary>
    void End();
}
