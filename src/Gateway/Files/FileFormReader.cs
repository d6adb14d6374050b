using System.Security.Cryptography;
using GeminiChat.ServiceDefaults.Files;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace GeminiChat.Gateway.Files;

/// <summary>What has arrived of an upload: a file with a type that the model takes, or why there is none.</summary>
internal sealed record ReceivedFile(string Name, string MediaType, long Size, string Sha256)
{
    /// <summary>Why the file is refused; null if it is not.</summary>
    public Problem? Problem { get; init; }

    public static ReceivedFile Refused(Problem problem) => new("", "", 0, "") { Problem = problem };
}

/// <summary>
/// Reads the one part of a multipart/form-data body into a draft, piece by piece. The type is detected, the GPS location of an image
/// removed, and the hash computed of what is left.
/// </summary>
internal sealed class FileFormReader(FileDraft draft, UploadDeadline deadline, long maxBytes, Problem tooLarge)
{
    // The boundaries and the head of the part.
    private const int MaxFormBytes = 64 * 1024;
    private const int MaxBoundaryLength = 70;
    private const int BufferBytes = 64 * 1024;
    private const string PartName = "file";

    /// <summary>The boundary of the body; null if it is no form that can be read.</summary>
    public static string? FindBoundary(HttpRequest request) =>
        request.Headers.ContentEncoding.Count == 0
        && MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
        && HeaderUtilities.RemoveQuotes(type.Boundary) is { Length: > 0 and <= MaxBoundaryLength } boundary
            ? boundary.ToString()
            : null;

    /// <summary>Reads the body. To be called once.</summary>
    /// <exception cref="OperationCanceledException">The <see cref="UploadDeadline"/> has ended the upload.</exception>
    public async Task<ReceivedFile> ReceiveAsync(HttpContext http, string boundary)
    {
        if (http.Request.ContentLength > maxBytes + MaxFormBytes)
        {
            return ReceivedFile.Refused(tooLarge);
        }

        http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = maxBytes + MaxFormBytes;
        try
        {
            var form = new MultipartReader(boundary, http.Request.Body);
            return await ReadPart(form);
        }
        catch (BadHttpRequestException large) when (large.StatusCode is StatusCodes.Status413PayloadTooLarge)
        {
            return ReceivedFile.Refused(tooLarge);
        }
        catch (Exception malformed) when (malformed is InvalidDataException or (IOException and not BadHttpRequestException))
        {
            return ReceivedFile.Refused(FileProblems.BadForm);
        }
    }

    /// <summary>Takes a file that came as a part of another body. To be called once.</summary>
    public async Task<ReceivedFile> ReceiveAsync(string? sentName, ReadOnlyMemory<byte> content)
    {
        if (FileName.Normalize(sentName) is not { } name)
        {
            return ReceivedFile.Refused(FileProblems.NameTooLong);
        }

        if (content.Length > maxBytes || content.IsEmpty)
        {
            return ReceivedFile.Refused(content.IsEmpty ? FileProblems.Empty : tooLarge);
        }

        var text = new TextDetector();
        text.Read(content.Span);
        text.End();
        await TranslateErrors(draft.Content.WriteAsync(content, deadline.Token).AsTask());
        return await Inspect(name, content.Length, text.IsText);
    }

    private async Task<ReceivedFile> ReadPart(MultipartReader form)
    {
        if (await form.ReadNextSectionAsync(deadline.Token) is not { } part
            || !ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var disposition)
            || HeaderUtilities.RemoveQuotes(disposition.Name) != PartName)
        {
            return ReceivedFile.Refused(FileProblems.BadForm);
        }

        var sent = disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName;
        if (FileName.Normalize(HeaderUtilities.RemoveQuotes(sent).ToString()) is not { } name)
        {
            return ReceivedFile.Refused(FileProblems.NameTooLong);
        }

        var (size, isText) = await Copy(part.Body);
        if (size > maxBytes || size == 0)
        {
            return ReceivedFile.Refused(size == 0 ? FileProblems.Empty : tooLarge);
        }

        return await form.ReadNextSectionAsync(deadline.Token) is not null
            ? ReceivedFile.Refused(FileProblems.BadForm)
            : await Inspect(name, size, isText);
    }

    private async Task<(long Size, bool IsText)> Copy(Stream body)
    {
        var (text, buffer, size) = (new TextDetector(), new byte[BufferBytes], 0L);
        while (size <= maxBytes && await body.ReadAsync(buffer, deadline.Token) is > 0 and var read)
        {
            deadline.Advance(read);
            size += read;
            text.Read(buffer.AsSpan(0, read));
            await TranslateErrors(draft.Content.WriteAsync(buffer.AsMemory(0, read), deadline.Token).AsTask());
        }

        text.End();
        return (size, text.IsText);
    }

    private async Task<ReceivedFile> Inspect(string name, long size, bool isText)
    {
        await TranslateErrors(draft.Content.FlushAsync(deadline.Token));
        var head = new byte[Math.Min(size, MediaTypes.HeadBytes)];
        RandomAccess.Read(draft.Content.SafeFileHandle, head, fileOffset: 0);
        if ((MediaTypes.Detect(head) ?? (isText ? UserFile.PlainText : null)) is not { } type)
        {
            return ReceivedFile.Refused(FileProblems.UnsupportedType);
        }

        GpsRemoval.Remove(new ImageFile(draft.Content.SafeFileHandle, deadline.Token), type);
        draft.Content.Position = 0;
        var hash = await SHA256.HashDataAsync(draft.Content, deadline.Token);
        return new ReceivedFile(name, type, size, Convert.ToHexStringLower(hash));
    }

    // An error of the local disk must not look like one of the connection.
    private static async Task TranslateErrors(Task write)
    {
        try
        {
            await write;
        }
        catch (IOException failure)
        {
            throw new FileStorageException("The upload cannot be written.", failure);
        }
    }
}
