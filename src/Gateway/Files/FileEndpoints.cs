using GeminiChat.Gateway.Auth;
using GeminiChat.ServiceDefaults.Files;
using GeminiChat.ServiceDefaults.Settings;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace GeminiChat.Gateway.Files;

/// <summary>The files of the signed-in user.</summary>
internal static class FileEndpoints
{
    private const string FormMediaType = "multipart/form-data";

    private const string UploadDescription =
        "multipart/form-data with one part named `file`. The type is what the content says: images (PNG, JPEG, WebP, HEIC, HEIF), PDF, "
        + "text and source code in UTF-8, audio and video as far as the model takes them. GPS locations are removed from images; nothing "
        + "else is changed. A file that no message has after 24 hours is deleted; one that messages have is deleted with the last chatroom that has it.";

    // A browser that opens the address runs nothing and shows nothing, whatever the bytes are.
    private const string ContentSecurityPolicy = "sandbox; default-src 'none'";

    public static void AddFiles(this IServiceCollection services, bool clustered)
    {
        services.AddSettings<FileOptions>();
        services.AddSingleton<UploadLimiter>();
        services.AddSingleton<FileUploader>();
        FileStorageAddress.Register(services, clustered);
    }

    public static void MapFiles(this IEndpointRouteBuilder app)
    {
        var files = app.MapGroup("/files").WithTags("Files").RequireAuthorization().WithParameterValidation();
        files.MapPost("", Upload).WithName("uploadFile").WithSummary("Upload a file, to attach it to messages").WithDescription(UploadDescription)
            .Accepts<FileForm>(FormMediaType).WithMetadata(new RequestExample(() => FileExamples.Form, Invalid: null, FormMediaType)).Produces(FileExamples.Response, 201)
            .WithHeader(201, "Location", FilePath.Of(Example.FileId))
            .ProducesProblem(FileProblems.BadForm, FileProblems.Empty, FileProblems.NameTooLong)
            .ProducesProblem(FileProblems.StorageFull, FileProblems.TooLarge(FileOptions.DefaultMaxMegabytes), FileProblems.NotMultipart)
            .ProducesProblem(FileProblems.UnsupportedType, FileProblems.KeyReused, FileProblems.TooManyUploadsOfUser, FileProblems.TooManyUploads);
        files.MapGet("/{file_id}", Find).WithName("getFile").WithSummary("Name, type and size of a file")
            .WithDescription("Without its bytes, which `GET /files/{file_id}/content` has.")
            .Produces(FileExamples.Response);
        files.MapGet("/{file_id}/content", Content).WithName("getFileContent").WithSummary("Download a file; Range is supported")
            .WithDescription("As it was uploaded, without the place in its metadata.")
            .ProducesText(MediaTypes.Png, ("content", () => "\u0089PNG")).ProducesText(UserFile.PlainText, ("content", () => "Blue light is scattered most."))
            .WithHeader(200, "Content-Disposition", "attachment; filename=graph.png; filename*=UTF-8''graph.png")
            .WithHeader(200, "Accept-Ranges", "bytes").WithHeader(200, "Cross-Origin-Resource-Policy", "same-origin")
            .WithHeader(200, "ETag", "\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"");
        files.MapDelete("/{file_id}", Delete).WithName("deleteFile").WithSummary("Delete a file that no message has")
            .WithDescription("A file that a message has is deleted with the message.")
            .Produces(204, "Deleted.").ProducesProblem(FileProblems.InUse);
    }

    private static async Task<Results<Created<FileResponse>, Problem>> Upload(
        IdempotencyKey key, Caller caller, UploadLimiter limiter, FileUploader uploads, HttpContext http)
    {
        if (FileFormReader.FindBoundary(http.Request) is not { } boundary)
        {
            return FileProblems.NotMultipart;
        }

        using var lease = limiter.Acquire(caller.UserId, out var refusal);
        if (refusal is not null)
        {
            return refusal;
        }

        var (file, problem) = await uploads.StoreAsync(caller.UserId, boundary, key.Value, http);
        return file is null ? problem! : TypedResults.Created(FilePath.Of(file.Id), FileResponse.Of(file));
    }

    private static async Task<Results<Ok<FileResponse>, Problem>> Find(FilePath path, Caller caller, IGrainFactory grains, HttpContext http) =>
        await GrainCalls.RetryAsync(() => grains.User(caller.UserId).FindFile(path.Id), http.RequestAborted) is { } file
            ? TypedResults.Ok(FileResponse.Of(file))
            : FileProblems.NotFound;

    private static async Task<Results<FileStreamHttpResult, Problem>> Content(
        FilePath path, Caller caller, IGrainFactory grains, IFileStorage storage, HttpContext http)
    {
        if (await GrainCalls.RetryAsync(() => grains.User(caller.UserId).FindFile(path.Id), http.RequestAborted) is not { } file
            || await storage.OpenRead(new FileKey(caller.UserId, file.Id), file.Size, http.RequestAborted) is not { } content)
        {
            return FileProblems.NotFound;
        }

        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        var type = file.MediaType is UserFile.PlainText ? "text/plain; charset=utf-8" : file.MediaType;
        return TypedResults.Stream(
            content, type, file.Name, entityTag: new EntityTagHeaderValue($"\"{file.Sha256}\""), enableRangeProcessing: true);
    }

    private static async Task<Results<NoContent, Problem>> Delete(FilePath path, Caller caller, IGrainFactory grains, HttpContext http) =>
        await GrainCalls.RetryAsync(() => grains.User(caller.UserId).DeleteFile(path.Id), http.RequestAborted) switch
        {
            DeleteFileOutcome.Deleted => TypedResults.NoContent(),
            DeleteFileOutcome.InUse => FileProblems.InUse,
            DeleteFileOutcome.Absent => FileProblems.NotFound,
            var other => throw new NotSupportedException(other.ToString()),
        };
}
