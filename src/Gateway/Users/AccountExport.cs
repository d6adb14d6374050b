using System.Globalization;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Net.Mime;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Chatrooms;
using GeminiChat.Gateway.Files;
using GeminiChat.Gateway.Payments;
using GeminiChat.Gateway.Shares;
using GeminiChat.Gateway.Streams;
using GeminiChat.ServiceDefaults.Files;

namespace GeminiChat.Gateway.Users;

/// <summary>
/// Downloads all data of a user as one ZIP. It is written while the data is read, page by page, so a large account takes no more
/// memory than a small one.
/// </summary>
internal static class AccountExport
{
    private const string Description = """
        `profile.json` is the answer of `GET /user/me`, `usage.json` that of `GET /user/usage`, `subscription.json` that of
        `GET /payments/subscription/status`, and `shares.json` lists the active shares of all rooms. `files.json` lists the files, whose bytes are in `files`. Each file in `rooms` is a room as `GET /chatroom/{id}/export?view=all` answers it, archived and
        temporary rooms included. A room that is deleted meanwhile is left out, or the connection is closed. A user may have one export at a time.
        """;

    private static readonly Problem AlreadyRunning = new(
        StatusCodes.Status429TooManyRequests, "An export of your data is being sent already. Wait for its end.", retryAfter: 30)
    {
        Type = ProblemTypes.ExportRunning,
    };

    public static void MapAccountExport(this IEndpointRouteBuilder user) =>
        user.MapGet("/me/export", Export).WithName("exportMe").WithSummary("Download profile, rooms, usage and subscription as a ZIP").WithDescription(Description)
            .ProducesText(MediaTypeNames.Application.Zip, ("zip", () => "PK"))
            .WithHeader(200, "Content-Disposition", ToContentDisposition(Example.Time)).ProducesProblem(AlreadyRunning);

    private static async Task<IResult> Export(
        Caller caller, IGrainFactory grains, IFileStorage storage, AccountExportLimiter limiter, TimeProvider time, HttpContext http)
    {
        if (await GrainCalls.RetryAsync(() => grains.User(caller.UserId).GetProfile(), http.RequestAborted) is null)
        {
            return JwtBearerSetup.Challenge(http);
        }

        if (limiter.Acquire(caller.UserId) is not { } lease)
        {
            return AlreadyRunning;
        }

        http.Response.ContentType = MediaTypeNames.Application.Zip;
        http.Response.Headers.ContentDisposition = ToContentDisposition(time.GetUtcNow());
        bool isComplete;
        using (lease)
        {
            isComplete = HttpMethods.IsHead(http.Request.Method)
                || await WriteAsync(http.Response.BodyWriter, caller.UserId, grains, storage, http.RequestAborted);
        }

        if (!isComplete)
        {
            http.Abort();
        }

        return Results.Empty;
    }

    /// <summary>Writes the ZIP. Only a complete one gets the directory at its end, without which no program opens it.</summary>
    /// <returns>Whether the ZIP is complete: the user and the room that was being written have not been deleted meanwhile.</returns>
    internal static async Task<bool> WriteAsync(
        PipeWriter output, Guid userId, IGrainFactory grains, IFileStorage storage, CancellationToken cancellation)
    {
        // Disposing writes the directory, so it is not disposed when something fails. It holds nothing but memory.
        var archive = await ZipArchive.CreateAsync(
            new ZipOutputStream(output), ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellation);
        var export = new AccountExportWriter(archive, userId, grains, storage, cancellation);
        if (!await export.WriteUser() || !await export.WriteRooms())
        {
            return false;
        }

        await export.WriteFiles();
        if (!await export.IsUserPresent())
        {
            return false;
        }

        await archive.DisposeAsync();
        await output.FlushAsync(cancellation);
        return true;
    }

    private static string ToContentDisposition(DateTimeOffset now) =>
        string.Create(CultureInfo.InvariantCulture, $"attachment; filename=geminichat-{now:yyyy-MM-dd}.zip");

    private sealed class AccountExportWriter(
        ZipArchive archive, Guid userId, IGrainFactory grains, IFileStorage storage, CancellationToken cancellation)
    {
        private const int FilesPerPage = 200;

        public async Task<bool> IsUserPresent() => await RetryAsync(() => grains.User(userId).GetProfile()) is not null;

        public async Task<bool> WriteUser()
        {
            if (await RetryAsync(() => grains.User(userId).GetProfile()) is not { } profile
                || await RetryAsync(() => grains.User(userId).GetUsage()) is not { } usage)
            {
                return false;
            }

            var subscription = await RetryAsync(() => grains.Subscription(userId).GetStatus());
            await Write("profile.json", UserResponse.Of(profile), Json.Context.UserResponse);
            await Write("usage.json", DailyUsageResponse.Of(usage), Json.Context.DailyUsageResponse);
            await Write("subscription.json", SubscriptionResponse.Of(userId, subscription), Json.Context.SubscriptionResponse);
            return true;
        }

        public async Task<bool> WriteRooms()
        {
            var rooms = (await RetryAsync(() => grains.User(userId).ListRooms())).Rooms;
            foreach (var (index, room) in rooms.Index())
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"rooms/{index + 1:D4} {RoomExport.ToFileName(room.Name)}.json");
                var grain = grains.Chatroom(new RoomKey(userId, room.Id));
                if (!await WriteRoom(name, grain))
                {
                    return false;
                }

                // A thousand rooms in memory could be more than the silo has.
                await GrainCalls.RetryAsync(grain.DeactivateIfIdle, cancellation);
            }

            await Write("shares.json", ReadShares(rooms), Json.Context.IAsyncEnumerableExportedShareResponse);
            return true;
        }

        public async Task WriteFiles()
        {
            await Write("files.json", ReadFiles(), Json.Context.IAsyncEnumerableFileResponse);
            await foreach (var file in ReadFiles())
            {
                // A file that is deleted meanwhile is left out.
                if (await storage.OpenRead(new FileKey(userId, file.Id), file.Size, cancellation) is { } content)
                {
                    await using var source = content;
                    await using var entry = await Create($"files/{file.Id} {file.Name}");
                    await source.CopyToAsync(entry, cancellation);
                }
            }
        }

        private async IAsyncEnumerable<FileResponse> ReadFiles()
        {
            var after = Guid.Empty;
            while (await RetryAsync(() => grains.User(userId).ListFiles(after, FilesPerPage)) is { IsEmpty: false } page)
            {
                foreach (var file in page)
                {
                    yield return FileResponse.Of(file);
                }

                after = page[^1].Id;
            }
        }

        private async Task<bool> WriteRoom(string name, IChatroomGrain room)
        {
            if (await RoomExport.FindMessages(room, isPath: false, cancellation) is not { } messages)
            {
                return true;
            }

            await using var entry = await Create(name);
            var pipe = PipeWriter.Create(entry, new StreamPipeWriterOptions(leaveOpen: true));
            var writer = new JsonExportWriter(pipe);
            writer.Begin(messages.Room);
            var isComplete = await BranchReader.ReadAsync(
                room,
                messages.Ranges,
                async message =>
                {
                    writer.Write(message);
                    await pipe.FlushAsync(cancellation);
                },
                cancellation);
            writer.End();
            await pipe.CompleteAsync();
            return isComplete;
        }

        private async IAsyncEnumerable<ExportedShareResponse> ReadShares(IEnumerable<RoomSummary> rooms)
        {
            foreach (var room in rooms)
            {
                var shares = await RetryAsync(() => grains.Shares().List(new RoomKey(userId, room.Id)));
                foreach (var share in shares ?? [])
                {
                    yield return ExportedShareResponse.Of(share);
                }
            }
        }

        private async Task Write<T>(string name, T content, JsonTypeInfo<T> type)
        {
            await using var entry = await Create(name);
            await JsonSerializer.SerializeAsync(entry, content, type, cancellation);
        }

        private Task<Stream> Create(string name) => archive.CreateEntry(name, CompressionLevel.Fastest).OpenAsync(cancellation);

        private Task<T> RetryAsync<T>(Func<Task<T>> call) => GrainCalls.RetryAsync(call, cancellation);
    }
}

/// <summary>One export of a user at a time.</summary>
internal sealed class AccountExportLimiter() : UserConcurrencyLimiter(maxPerUser: 1);
