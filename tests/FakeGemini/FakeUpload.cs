using System.Security.Cryptography;

namespace GeminiChat.Fakes;

/// <summary>An upload that goes on: it may come in pieces, and each piece must begin where the last one ended.</summary>
internal sealed class FakeUpload(string id, string key, string mimeType, string? displayName, long? announced) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly SemaphoreSlim _turn = new(1);

    public string Id => id;

    /// <summary>The bytes that are kept.</summary>
    public long Size { get; private set; }

    /// <summary>Whether as many bytes came as were announced.</summary>
    public bool IsWhole => announced is null || announced == Size;

    /// <summary>
    /// Reads a piece; false if it does not begin where the last one ended. What came before a connection broke off is kept.
    /// </summary>
    public async Task<bool> TryRead(Stream body, long offset, FakeFiles files, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (offset != Size)
            {
                return false;
            }

            var buffer = new byte[64 * 1024];
            for (int read; (read = await body.ReadAsync(buffer, cancellationToken)) > 0;)
            {
                _hash.AppendData(buffer, 0, read);
                Size += read;
                files.Count(read);
            }

            return true;
        }
        finally
        {
            _turn.Release();
        }
    }

    public FakeFile ToFile(string uri, DateTimeOffset now) => new()
    {
        Name = "files/" + id,
        Uri = uri,
        DisplayName = displayName,
        MimeType = mimeType,
        Size = Size,
        Sha256 = Convert.ToHexStringLower(_hash.GetHashAndReset()),
        Key = key,
        CreatedAt = now,
    };

    public void Dispose()
    {
        _hash.Dispose();
        _turn.Dispose();
    }
}
