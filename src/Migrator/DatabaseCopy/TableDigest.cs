using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace GeminiChat.Migrator.DatabaseCopy;

/// <summary>A digest of a table's rows. It does not depend on their order or on the database.</summary>
/// <param name="Table">The table.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="Sum">The sum of the rows' hashes.</param>
internal sealed record TableDigest(string Table, long Rows, UInt128 Sum)
{
    public static async Task<TableDigest> Compute(CopiedTable table, IAsyncEnumerable<object?[]> rows)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (count, sum) = (0L, UInt128.Zero);
        await foreach (var row in rows)
        {
            sum = unchecked(sum + HashOf(row, hash));
            count++;
        }

        return new TableDigest(table.Name, count, sum);
    }

    /// <summary>The digest of several tables.</summary>
    public static string Join(IEnumerable<TableDigest> tables) => Convert.ToHexStringLower(SHA256.HashData(
        Encoding.UTF8.GetBytes(string.Join('\n', tables.Select(table => $"{table.Table} {table.Rows} {table.Sum}")))));

    private static UInt128 HashOf(object?[] row, IncrementalHash hash)
    {
        Span<byte> buffer = stackalloc byte[SHA256.HashSizeInBytes];
        foreach (var value in row)
        {
            // With the length, so that the end of one text cannot be taken for the start of the next one.
            var bytes = BytesOf(value);
            BinaryPrimitives.WriteInt32LittleEndian(buffer, bytes?.Length ?? -1);
            hash.AppendData(buffer[..sizeof(int)]);
            hash.AppendData(bytes ?? []);
        }

        hash.GetHashAndReset(buffer);
        return BinaryPrimitives.ReadUInt128LittleEndian(buffer);
    }

    private static byte[]? BytesOf(object? value) => value switch
    {
        null => null,
        string text => Encoding.UTF8.GetBytes(text),
        byte[] bytes => bytes,
        Guid id => id.ToByteArray(),
        short number => BitConverter.GetBytes((long)number),
        int number => BitConverter.GetBytes((long)number),
        long number => BitConverter.GetBytes(number),
        DateTime moment => BitConverter.GetBytes(moment.Ticks),
        _ => throw new NotSupportedException($"Values of type {value.GetType().Name} are not moved yet."),
    };
}
