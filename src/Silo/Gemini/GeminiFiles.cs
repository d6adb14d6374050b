using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using GeminiChat.Grains.Model;
using GeminiChat.ServiceDefaults.Files;
using GeminiChat.Silo.Store;
using Microsoft.Extensions.AI;

namespace GeminiChat.Silo.Gemini;

/// <summary>
/// Gets the files of messages to Gemini. Small texts become part of the prompt. All other files are uploaded once with the Files API
/// (<see href="https://ai.google.dev/gemini-api/docs/files"/>). Google keeps them for 48 hours. The handle is stored with the file, and
/// the file is uploaded again shortly before the handle's end. Vertex AI has no Files API: there the bytes are part of every request,
/// up to 20 MB of the newest files.
/// </summary>
/// <param name="options">How to reach Gemini.</param>
/// <param name="files">The handles.</param>
/// <param name="storage">The bytes.</param>
/// <param name="time">The clock.</param>
internal sealed partial class GeminiFiles(IOptions<GeminiOptions> options, FileStore files, IFileStorage storage, TimeProvider time) : IDisposable
{
    private const int MaxInlineTextBytes = 256 * 1024;
    private const int MaxInlineBytes = 20_000_000;
    private const int MaxParallelUploads = 4;
    private const int ProjectLength = 16;

    private static readonly TimeSpan RenewedBeforeEnd = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan UploadTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);

    private readonly GeminiOptions _options = options.Value;
    private readonly GeminiFilesApi _api = new(options.Value, time);
    private readonly ConcurrentDictionary<Guid, Lazy<Task<GeminiFileHandle>>> _uploads = new();
    private readonly CancellationTokenSource _stopping = new();

    // The Files API keeps files per project. No call tells the project of a key, so each key counts as a project.
    private readonly string _project =
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{options.Value.Origin} {options.Value.ApiKey}")))[..ProjectLength];

    /// <summary>The messages with their files in the form in which they are sent.</summary>
    /// <exception cref="ModelException">A file cannot be read, or Gemini does not take it.</exception>
    public async Task<IEnumerable<ChatMessage>> Prepare(IEnumerable<ChatMessage> messages, CancellationToken cancellationToken)
    {
        var all = messages.ToList();
        var wanted = FilesOf(all);
        if (wanted.Count == 0)
        {
            return all;
        }

        var sent = await RunWithTimeout(token => Prepare(wanted, token), UploadTimeout, cancellationToken);
        return all.Select(message => message.Contents.OfType<FileContent>().Any()
            ? new ChatMessage(message.Role, [.. message.Contents.Select(one => one is FileContent file ? sent[file.File.Id] : one)])
            : message);
    }

    /// <summary>Forgets the handles of the messages' files that Gemini does not know any more; false if it knows all of them.</summary>
    /// <exception cref="ModelException">Gemini cannot be asked.</exception>
    public Task<bool> ForgetUnknown(IEnumerable<ChatMessage> messages, CancellationToken cancellationToken) =>
        RunWithTimeout(token => ForgetUnknownFiles(messages, token), CallTimeout, cancellationToken);

    /// <summary>Deletes Gemini's copy of a file. A copy of another project cannot be deleted with this key. Google deletes it after 48 hours.</summary>
    /// <exception cref="ModelException">Gemini cannot do it now.</exception>
    public async Task DeleteCopy(string name, string? project, CancellationToken cancellationToken)
    {
        if (_options.HasKey && project == _project)
        {
            await RunWithTimeout(token => _api.Delete(name, token), CallTimeout, cancellationToken);
        }
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
        _api.Dispose();
    }

    private async Task<bool> ForgetUnknownFiles(IEnumerable<ChatMessage> messages, CancellationToken cancellationToken)
    {
        var hasForgotten = false;
        foreach (var user in FilesOf(messages).GroupBy(file => file.UserId))
        {
            foreach (var (id, handle) in await files.FindHandles(user.Key, [.. user.Select(file => file.File.Id)]))
            {
                if (!await _api.Exists(handle.Name, cancellationToken))
                {
                    await files.SetHandle(user.Key, id, null, handle.Name);
                    hasForgotten = true;
                }
            }
        }

        return hasForgotten;
    }

    // Connections to Gemini have no timeout of their own.
    private async Task<T> RunWithTimeout<T>(Func<CancellationToken, Task<T>> call, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await call(either.Token);
        }
        catch (OperationCanceledException canceled) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ModelException(ModelFault.Timeout, "Gemini did not handle a file in time.", inner: canceled);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or FileStorageException)
        {
            throw new ModelException(ModelFault.Unavailable, "A file could not be sent to Gemini.", inner: broken);
        }
    }

    // The newest come first.
    private static List<FileContent> FilesOf(IEnumerable<ChatMessage> messages) =>
        [.. messages.Reverse().SelectMany(message => message.Contents.OfType<FileContent>()).DistinctBy(file => file.File.Id)];

    private async Task<Dictionary<Guid, AIContent>> Prepare(List<FileContent> wanted, CancellationToken cancellationToken)
    {
        var sent = new Dictionary<Guid, AIContent>();
        var uploads = new List<FileContent>();
        var inlineBytesLeft = (long)MaxInlineBytes;
        foreach (var file in wanted)
        {
            if (file.File is { MediaType: UserFile.PlainText, Size: <= MaxInlineTextBytes })
            {
                sent[file.File.Id] = await ReadText(file, cancellationToken);
            }
            else if (!_options.IsVertex)
            {
                uploads.Add(file);
            }
            else if (file.File.Size <= inlineBytesLeft)
            {
                sent[file.File.Id] = await ReadBytes(file, cancellationToken);
                inlineBytesLeft -= file.File.Size;
            }
            else
            {
                sent[file.File.Id] = new TextContent($"[{file.File.Name}: not sent again]");
            }
        }

        foreach (var user in uploads.GroupBy(file => file.UserId))
        {
            var known = await files.FindHandles(user.Key, [.. user.Select(file => file.File.Id)]);
            await Parallel.ForEachAsync(
                user,
                new ParallelOptions { MaxDegreeOfParallelism = MaxParallelUploads, CancellationToken = cancellationToken },
                async (file, token) =>
                {
                    var handle = known.GetValueOrDefault(file.File.Id);
                    if (!IsUsable(handle) || handle!.Uri is null)
                    {
                        handle = await UploadOnce(file, token);
                    }

                    lock (sent)
                    {
                        sent[file.File.Id] = new UriContent(handle.Uri!, ToGeminiType(file.File.MediaType));
                    }
                });
        }

        return sent;
    }

    private async Task<AIContent> ReadText(FileContent file, CancellationToken cancellationToken)
    {
        await using var bytes = await Open(file, cancellationToken);
        using var reader = new StreamReader(bytes);
        return new TextContent($"File {file.File.Name}:\n\n{await reader.ReadToEndAsync(cancellationToken)}\n\n");
    }

    private async Task<AIContent> ReadBytes(FileContent file, CancellationToken cancellationToken)
    {
        await using var bytes = await Open(file, cancellationToken);
        var buffer = new byte[file.File.Size];
        await bytes.ReadExactlyAsync(buffer, cancellationToken);
        return new DataContent(buffer, ToGeminiType(file.File.MediaType));
    }

    private async Task<Stream> Open(FileContent file, CancellationToken cancellationToken) =>
        await storage.OpenRead(new FileKey(file.UserId, file.File.Id), file.File.Size, cancellationToken)
        ?? throw new ModelException(ModelFault.Rejected, "The bytes of a file are missing.");

    // As Gemini's documentation names them.
    private static string ToGeminiType(string mediaType) => mediaType switch
    {
        "audio/mpeg" => "audio/mp3",
        "video/quicktime" => "video/mov",
        "video/x-msvideo" => "video/avi",
        "video/x-ms-wmv" => "video/wmv",
        _ => mediaType,
    };
}
