namespace GeminiChat.Grains.Users;

/// <summary>Finds messages by their words.</summary>
public interface IMessageSearch
{
    /// <summary>
    /// Searches the rooms of a user. A search that begins after the acceptance of a message, or after the end of a reply,
    /// finds it. A search that begins after the deletion of a room finds nothing of it.
    /// </summary>
    /// <returns>Null when the text has no word, or too many.</returns>
    /// <exception cref="StoreUnavailableException">The database did not answer in time.</exception>
    Task<SearchOutcome.Found?> Search(Guid userId, MessageSearch search);
}
