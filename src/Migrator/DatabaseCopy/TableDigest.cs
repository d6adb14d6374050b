using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace GeminiChat.Migrator.DatabaseCopy;

/// <summary>What a table holds, in a few bytes: the same for the same rows in any order, in either database.</summary>
/// <param name="Table">The table.</param>
/// <param name="Rows">How many there are.</param>
/// <param name="Sum">The sum of hashes of all of them.</param>
internal sealed record TableDigest(string Table, long Rows, UInt128 Sum)
{
    public static async Task<TableDigest> Compute(CopiedTable table, IAsyncEnumerable<object?[]> rows)
    {
        using var sum = new Accumulator(table);
        await foreach (var row in rows)
        {
            sum.Add(row);
        }

        return sum.Digest;
    }

    public static TableDigest Compute(CopiedTable table, IEnumerable<object?[]> rows)
    {
        using var sum = new Accumulator(table);
        foreach (var row in rows)
        {
            sum.Add(row);
        }

        return sum.Digest;
    }

    /// <summary>Of several tables.</summary>
    public static string Join(IEnumerable<TableDigest> tables) => Convert.ToHexStringLower(SHA256.HashData(
        Encoding.UTF8.GetBytes(string.Join('\n', tables.Select(table => $"{table.Table} {table.Rows} {table.Sum}")))));

    private sealed class Accumulator(CopiedTable table) : IDisposable
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly byte[] _bytes = new byte[32];
        private long _rows;
        private UInt128 _sum;

        public TableDigest Digest => new(table.Name, _rows, _sum);

        public void Add(object?[] row)
        {
            foreach (var value in row)
            {
                // The length comes first, or two texts could take a letter of each other.
                var bytes = Bytes(value);
                BinaryPrimitives.WriteInt32LittleEndian(_bytes, bytes?.Length ?? -1);
                _hash.AppendData(_bytes.AsSpan(0, sizeof(int)));
                _hash.AppendData(bytes ?? []);
            }

            _hash.GetHashAndReset(_bytes);
            unchecked
            {
                _sum += BinaryPrimitives.ReadUInt128LittleEndian(_bytes);
            }

            _rows++;
        }

        public void Dispose() => _hash.Dispose();

        private static byte[]? Bytes(object? value) => value switch
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
}
