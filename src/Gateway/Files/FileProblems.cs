using System.Globalization;

namespace GeminiChat.Gateway.Files;

internal static class FileProblems
{
    /// <summary>The same for an absent file, one of another user, and a malformed id.</summary>
    public static Problem NotFound { get; } = new(StatusCodes.Status404NotFound, "There is no such file.") { Type = ProblemTypes.FileGone };

    public static Problem Absent { get; } = Problems.BadRequest("attachments names a file that does not exist. Upload it first.", ProblemTypes.FileGone);

    public static Problem InUse { get; } = new(
        StatusCodes.Status409Conflict, "A message has this file. It is deleted together with the last chatroom that has it.")
    {
        Type = ProblemTypes.FileInUse,
    };

    public static Problem NotMultipart { get; } = new(
        StatusCodes.Status415UnsupportedMediaType, "The body must be multipart/form-data, not compressed, with one part named file.");

    public static Problem BadForm { get; } = Problems.BadRequest("The body must have exactly one part, named file.");

    public static Problem Empty { get; } = Problems.BadRequest("The file is empty.", ProblemTypes.FileEmpty);

    public static Problem NameTooLong { get; } = Problems.BadRequest(
        string.Create(CultureInfo.InvariantCulture, $"The name of the file is longer than {FileName.MaxLength} UTF-16 code units."), ProblemTypes.FileName);

    public static Problem UnsupportedType { get; } = new(
        StatusCodes.Status415UnsupportedMediaType,
        "The content of the file is none that the model takes: images (PNG, JPEG, WebP, HEIC, HEIF), PDF, text and source code in "
        + "UTF-8, audio (WAV, MP3, AIFF, AAC, OGG, FLAC) and video (MP4, MPEG, MOV, AVI, FLV, WebM, WMV, 3GPP).")
    {
        Type = ProblemTypes.FileType,
    };

    public static Problem StorageFull { get; } = new(
        StatusCodes.Status409Conflict, "Your files take as much space as your tier allows. Delete some first, or chatrooms with files.")
    {
        Type = ProblemTypes.StorageFull,
    };

    public static Problem KeyReused { get; } = new(
        StatusCodes.Status422UnprocessableEntity,
        $"This {IdempotencyKey.HeaderName} was used before, for another file. Use a new key for a new file.")
    {
        Type = ProblemTypes.KeyReused,
    };

    public static Problem TooManyUploadsOfUser { get; } = new(
        StatusCodes.Status429TooManyRequests,
        string.Create(CultureInfo.InvariantCulture, $"{UploadLimiter.MaxUploadsPerUser} of your uploads are running, which is the limit. Wait for the end of one."),
        retryAfter: 5)
    { Type = ProblemTypes.UploadsLimit };

    public static Problem TooManyUploads { get; } = new(
        StatusCodes.Status503ServiceUnavailable, "As many uploads as the service takes are running. Try again shortly.", retryAfter: 5)
    {
        Type = ProblemTypes.Busy,
    };

    public static Problem TooSlow { get; } = Problems.ForStatus(StatusCodes.Status408RequestTimeout);

    public static Problem TooLarge(int megabytes) => new(
        StatusCodes.Status413PayloadTooLarge, string.Create(CultureInfo.InvariantCulture, $"The file is larger than {megabytes} MB."))
    {
        Type = ProblemTypes.FileTooLarge,
        Limit = megabytes,
    };
}
