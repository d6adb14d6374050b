using System.Text.RegularExpressions;

namespace GeminiChat.Fakes;

/// <summary>The files of a fake Gemini. It keeps hashes of their bytes, not the bytes.</summary>
public sealed partial class FakeFiles
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Func<string, TimeSpan, string> _state;
    private readonly List<FakeFile> _all = [];
    private readonly HashSet<string> _deleted = [];
    private readonly Dictionary<string, FakeUpload> _uploads = [];
    private long _bytesReceived;
    private TimeSpan _ahead;

    internal FakeFiles(TimeProvider time, Func<string, TimeSpan, string> state) => (_time, _state) = (time, state);

    /// <summary>All files that were ever uploaded, in order, with those that are gone.</summary>
    public IReadOnlyList<FakeFile> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _all];
            }
        }
    }

    /// <summary>The files that are there now, in order.</summary>
    public IReadOnlyList<FakeFile> Current
    {
        get
        {
            lock (_lock)
            {
                return [.. _all.Where(IsThere)];
            }
        }
    }

    /// <summary>The bytes of all uploads, with those that were broken off.</summary>
    public long BytesReceived => Interlocked.Read(ref _bytesReceived);

    private DateTimeOffset Now => _time.GetUtcNow() + _ahead;

    /// <summary>Moves the clock of the files ahead. Nothing else of the fake sees that.</summary>
    public void MoveClock(TimeSpan by)
    {
        lock (_lock)
        {
            _ahead += by;
        }
    }

    /// <summary>Deletes a file by its name, as its owner may do by another way.</summary>
    public void Delete(string name)
    {
        lock (_lock)
        {
            _deleted.Add(name);
        }
    }

    internal FakeFile? Find(string id, string key) =>
        Current.FirstOrDefault(file => file.Id == id && file.Key == key);

    internal string StateOf(FakeFile file) => _state(file.MimeType, Now - file.CreatedAt);

    internal void Add(FakeUpload upload)
    {
        lock (_lock)
        {
            _uploads.Add(upload.Id, upload);
        }
    }

    internal FakeUpload? FindUpload(string? id)
    {
        lock (_lock)
        {
            return _uploads.GetValueOrDefault(id ?? string.Empty);
        }
    }

    internal void Count(int bytes) => Interlocked.Add(ref _bytesReceived, bytes);

    /// <summary>Makes a file of a finished upload.</summary>
    internal FakeFile Finish(FakeUpload upload, string uri)
    {
        lock (_lock)
        {
            _uploads.Remove(upload.Id);
            var file = upload.ToFile(uri, Now);
            _all.Add(file);
            return file;
        }
    }

    /// <summary>The refusal of a request that names files that the caller may not use, else null.</summary>
    internal Script? FindError(RecordedRequest request)
    {
        foreach (var uri in request.Turns.SelectMany(turn => turn.Parts).Select(part => part.FileUri).OfType<string>())
        {
            if (OwnUri().Match(uri) is not { Success: true } own)
            {
                continue;
            }

            var id = own.Groups["id"].Value;
            if (Find(id, request.Key) is not { } file)
            {
                return Unknown(id);
            }

            if (StateOf(file) is not "ACTIVE")
            {
                return Script.Error(400, "FAILED_PRECONDITION", $"The File {id} is not in an ACTIVE state and usage is not allowed.");
            }
        }

        return null;
    }

    /// <summary>The answer for a file that is not there, or not the caller's: which of the two is not told.</summary>
    internal static Script Unknown(string id) =>
        Script.Error(403, "PERMISSION_DENIED", $"You do not have permission to access the File {id} or it may not exist.");

    private bool IsThere(FakeFile file) => Now < file.ExpiresAt && !_deleted.Contains(file.Name);

    [GeneratedRegex("/v1(beta)?/files/(?<id>[a-z0-9-]+)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OwnUri();
}
