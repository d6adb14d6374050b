using System.Net.Mime;
using GeminiChat.Gateway.Rendering;
using Microsoft.Net.Http.Headers;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>
/// Downloads a room: the shown branch or all messages, as they exist at the start. They are read and sent page by page, so a long
/// room takes no more memory than a short one.
/// </summary>
internal static class RoomExport
{
    private const int MaxFileNameLength = 100;
    private const string InvalidFileNameChars = "/\\:*?\"<>|";

    public static Problem BadFormat { get; } = Problems.BadRequest("format must be json, markdown or html.");

    // A documentation comment would become the summary of the route.
    public static async Task<IResult> Export(
        string? format, ViewQuery view, RoomPath path, ReplyRenderer renderer, HttpContext http)
    {
        if (ReplyFormats.OfExport(format, http.Request.Headers.Accept) is not { } form)
        {
            return BadFormat;
        }

        return await FindMessages(path.Grain, view.IsPath ?? true, http.RequestAborted) is { } messages
            ? new ExportResult(path.Grain, messages, form, renderer)
            : RoomPath.NotFound;
    }

    /// <summary>What to export of a room; null if there is no such room.</summary>
    /// <param name="room">The room.</param>
    /// <param name="isPath">Whether it is the shown branch alone, or all messages.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<ExportedMessages?> FindMessages(IChatroomGrain room, bool isPath, CancellationToken cancellationToken)
    {
        if (!isPath)
        {
            var newest = await GrainCalls.RetryAsync(() => room.Read(1, before: null), cancellationToken);
            return newest is null ? null : new ExportedMessages(
                newest with { Messages = [] }, newest.Messages is [var last] ? [new IdRange(1, last.Id)] : []);
        }

        var branch = await GrainCalls.RetryAsync(() => room.GetBranch(last: null), cancellationToken);
        return branch is null ? null : new ExportedMessages(
            new RoomView(branch.Room, [], HasOlder: false, branch.SystemPrompt, branch.GetHead(), branch.Options), branch.Ranges);
    }

    public static string ToContentDisposition(string name, string extension)
    {
        var header = new ContentDispositionHeaderValue("attachment");
        header.SetHttpFileName($"{ToFileName(name)}.{extension}");
        return header.ToString();
    }

    /// <summary>The name of a room as that of a file, without characters that a system does not allow.</summary>
    public static string ToFileName(string name)
    {
        var text = new string([.. VisibleText.WithoutBidi(name).Select(c => char.IsControl(c) || InvalidFileNameChars.Contains(c, StringComparison.Ordinal) ? '-' : c)]);
        var length = Math.Min(text.Length, MaxFileNameLength);
        length -= length > 0 && char.IsHighSurrogate(text[length - 1]) ? 1 : 0;
        return text[..length];
    }

    private sealed class ExportResult(IChatroomGrain room, ExportedMessages messages, ExportFormat form, ReplyRenderer renderer) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            var (type, extension) = form switch
            {
                ExportFormat.Markdown => (MediaTypeNames.Text.Markdown, "md"),
                ExportFormat.Html => (MediaTypeNames.Text.Html, "html"),
                _ => (JsonInput.MediaType, "json"),
            };
            response.ContentType = $"{type}; charset=utf-8";
            response.Headers.ContentDisposition = ToContentDisposition(messages.Room.Room.Name, extension);
            if (HttpMethods.IsHead(httpContext.Request.Method))
            {
                return;
            }

            IExportWriter writer = form switch
            {
                ExportFormat.Markdown => new MarkdownExportWriter(response.BodyWriter),
                ExportFormat.Html => new HtmlExportWriter(response.BodyWriter),
                _ => new JsonExportWriter(response.BodyWriter),
            };
            await WriteWithLeaseAsync(() => writer.Begin(messages.Room), httpContext);
            if (await WriteMessages(writer, httpContext))
            {
                writer.End();
                await httpContext.Response.BodyWriter.FlushAsync(httpContext.RequestAborted);
            }
            else
            {
                // The room was deleted meanwhile. A part of it must not look like the whole room.
                httpContext.Abort();
            }
        }

        private Task<bool> WriteMessages(IExportWriter writer, HttpContext http) => BranchReader.ReadAsync(
            room,
            messages.Ranges,
            async message =>
            {
                await WriteWithLeaseAsync(() => writer.Write(message), http);
                await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
            },
            http.RequestAborted);

        // Parsing Markdown needs a lease of the renderer. The lease ends before the piece is sent to the client.
        private async Task WriteWithLeaseAsync(Action write, HttpContext http)
        {
            using var lease = form is not ExportFormat.Json ? await renderer.WaitForLeaseAsync(http.RequestAborted) : null;
            write();
        }
    }
}

/// <summary>What to export of a room.</summary>
/// <param name="Room">The room without its messages.</param>
/// <param name="Ranges">The ids of the messages.</param>
internal sealed record ExportedMessages(RoomView Room, ImmutableArray<IdRange> Ranges);
