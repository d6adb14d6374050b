namespace GeminiChat.Grains.Users;

/// <summary>Finds messages by their words.</summary>
public interface IMessageSearch
{
    /// <summary>
    /// Searches the rooms of a user. A search that begins after the acceptance of a message, or after the end of a reply,
    /// finds it. A search that begins after the deletion of a room finds nothing of it.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The database did not answer.</exception>
    Task<SearchOutcome> Search(Guid userId, MessageSearch search);
}
