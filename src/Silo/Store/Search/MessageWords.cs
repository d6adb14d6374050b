using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace GeminiChat.Silo.Store.Search;

/// <summary>
/// The words of a message. In the index each begins with a key of its user, so that a search reads no entry of another user. The
/// first one stands for the message's room.
/// </summary>
internal static class MessageWords
{
    // Words after these are not found. PostgreSQL has 16,383 positions and 1 MB for the words of a row.
    private const int MaxWords = 16_000;
    private const int MaxBytes = 400_000;

    private const string Base32 = "abcdefghijklmnopqrstuvwxyz234567";
    private const int KeyLength = 8;

    // No letter or digit, so no word of a text is equal to a room's. To both databases it is a part of a word.
    private const char RoomMark = '§';

    /// <summary>The words of a text in its order, after the room's, without the key; empty if the text has none.</summary>
    public static IReadOnlyList<string> Of(RoomKey room, string text)
    {
        var words = new List<string>();
        var bytes = 0;
        foreach (var word in WordReader.Read(text))
        {
            bytes += KeyLength + Encoding.UTF8.GetByteCount(word.Text);
            if (words.Count == MaxWords || bytes > MaxBytes)
            {
                break;
            }

            if (words.Count == 0)
            {
                words.Add(WordOf(room.RoomId));
            }

            words.Add(word.Text);
        }

        return words;
    }

    /// <summary>The prefix of all words of a user: 40 bits of a SHA-256, as 8 characters of Base32.</summary>
    public static string KeyOf(Guid userId)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(userId.ToByteArray(bigEndian: true), hash);
        return string.Create(KeyLength, BinaryPrimitives.ReadUInt64LittleEndian(hash), static (key, bits) =>
        {
            for (var i = 0; i < key.Length; i++, bits >>= 5)
            {
                key[i] = Base32[(int)(bits & 31)];
            }
        });
    }

    /// <summary>The terms of a query with the user's key, and the room's word if only that room is searched.</summary>
    public static IEnumerable<SearchTerm> TermsOf(SearchQuery query, Guid userId, Guid? roomId)
    {
        var key = KeyOf(userId);
        var terms = roomId is { } room ? query.Terms.Append(new SearchTerm([WordOf(room)], IsPrefix: false)) : query.Terms;
        return terms.Select(term => term with { Words = [.. term.Words.Select(word => key + word)] });
    }

    /// <summary>The word of all messages of a room.</summary>
    public static string WordOf(Guid roomId) => $"{RoomMark}{roomId:N}";
}
