using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace GeminiChat.ServiceDefaults.Files;

/// <summary>
/// Files in a bucket. Without credentials they come from where all AWS programs find them, such as the role of the machine.
/// </summary>
/// <remarks>
/// An upload is in a local file until it is complete. So its length is known, one PUT stores it, and no parts of an interrupted
/// upload stay in the bucket.
/// </remarks>
internal sealed class S3FileStorage(FileStorageAddress.S3 bucket, AWSCredentials? credentials) : IFileStorage, IDisposable
{
    private const string DefaultRegion = "us-east-1";

    private readonly AmazonS3Client _client = credentials is null ? new(CreateConfig(bucket)) : new(credentials, CreateConfig(bucket));

    public FileDraft CreateDraft(FileKey file)
    {
        try
        {
            var draft = new FileDraft(Path.Combine(Path.GetTempPath(), $"geminichat-{Path.GetRandomFileName()}.part"));
            if (!OperatingSystem.IsWindows())
            {
                // An open file goes on without a name, and is gone when the process is killed.
                File.Delete(draft.Path);
            }

            return draft;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new FileStorageException("The folder for temporary files cannot be used.", failure);
        }
    }

    // Some servers store the frames of a chunked upload as part of the object, so the body is sent as it is.
    public Task Publish(FileKey file, FileDraft draft, string mediaType, CancellationToken cancellationToken)
    {
        draft.Content.Position = 0;
        return Translate(() => _client.PutObjectAsync(
            new PutObjectRequest
            {
                BucketName = bucket.Bucket,
                Key = KeyOf(file),
                InputStream = draft.Content,
                AutoCloseStream = false,
                ContentType = mediaType,
                UseChunkEncoding = false,
            },
            cancellationToken));
    }

    public Task<Stream?> OpenRead(FileKey file, long size, CancellationToken cancellationToken) => Translate<Stream?>(async () =>
    {
        try
        {
            await _client.GetObjectMetadataAsync(bucket.Bucket, KeyOf(file), cancellationToken);
            return new S3ObjectStream(size, (position, token) => Translate(() => Read(file, position, size, token)));
        }
        catch (AmazonS3Exception absent) when (absent.StatusCode is HttpStatusCode.NotFound)
        {
            return null;
        }
    });

    // A bucket answers as if the object had existed.
    public Task Delete(FileKey file, CancellationToken cancellationToken) =>
        Translate(() => _client.DeleteObjectAsync(bucket.Bucket, KeyOf(file), cancellationToken));

    public void Dispose() => _client.Dispose();

    private static AmazonS3Config CreateConfig(FileStorageAddress.S3 bucket)
    {
        var config = new AmazonS3Config
        {
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            Timeout = TimeSpan.FromMinutes(2),
            MaxErrorRetry = 2,
        };
        if (bucket.Endpoint is { } endpoint)
        {
            config.ServiceURL = endpoint;
            config.ForcePathStyle = true;
            config.AuthenticationRegion = bucket.Region ?? DefaultRegion;
        }

        return config;
    }

    private static async Task<T> Translate<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception failure) when (failure is AmazonServiceException or AmazonClientException or HttpRequestException or WebException or IOException)
        {
            throw new FileStorageException("The bucket of the files cannot be used.", failure);
        }
    }

    private async Task<Stream> Read(FileKey file, long position, long size, CancellationToken cancellationToken)
    {
        var answer = await _client.GetObjectAsync(
            new GetObjectRequest { BucketName = bucket.Bucket, Key = KeyOf(file), ByteRange = new ByteRange(position, size - 1) },
            cancellationToken);
        return answer.ResponseStream;
    }

    private string KeyOf(FileKey file) => bucket.Prefix + file;
}

/// <summary>
/// An object as a stream that can be read from any position. It asks for the bytes at the first read after a change of the position.
/// </summary>
internal sealed class S3ObjectStream(long length, Func<long, CancellationToken, Task<Stream>> open) : Stream
{
    private long _position;
    private Stream? _content;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set
        {
            if (value != _position)
            {
                Close(ref _content);
                _position = value;
            }
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position >= length)
        {
            return 0;
        }

        _content ??= await open(_position, cancellationToken);
        var read = await _content.ReadAsync(buffer, cancellationToken);
        _position += read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Only asynchronous reads.");

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => length + offset,
    };

    public override void Flush() => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        Close(ref _content);
        base.Dispose(disposing);
    }

    private static void Close(ref Stream? content)
    {
        content?.Dispose();
        content = null;
    }
}
