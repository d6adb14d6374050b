namespace GeminiChat.GrainInterfaces.Chatrooms;

/// <summary>Whether a user has a room with an id.</summary>
public enum RoomExistence
{
    /// <summary>The user has never had one.</summary>
    Absent = 0,

    /// <summary>The user has it.</summary>
    Exists = 1,

    /// <summary>The user had it and deleted it, or it has expired.</summary>
    Deleted = 2,
}
