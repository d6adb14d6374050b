using System.Net.Mime;
using GeminiChat.Gateway.Rendering;
using Microsoft.Net.Http.Headers;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>
/// Downloads a room: all messages that exist at the start, in the order of the conversation. They are read and sent page by
/// page, so a long room takes no more memory than a short one.
/// </summary>
internal static class RoomExport
{
    private const int MaxFileNameLength = 100;
    private const string InvalidFileNameChars = "/\\:*?\"<>|";

    public static Problem BadFormat { get; } = Problems.BadRequest("format must be json or markdown.");

    // A documentation comment would become the summary of the route.
    public static async Task<IResult> Export(
        string? format, RoomPath path, ReplyRenderer renderer, HttpContext http)
    {
        if (ReplyFormats.OfExport(format, http.Request.Headers.Accept) is not { } form)
        {
            return BadFormat;
        }

        return await GrainCalls.RetryAsync(() => path.Grain.Read(1, before: null), http.RequestAborted) is { } start
            ? new ExportResult(path.Grain, start, form, renderer)
            : RoomPath.NotFound;
    }

    public static string ToContentDisposition(string name, string extension)
    {
        var text = new string([.. VisibleText.WithoutBidi(name).Select(c => char.IsControl(c) || InvalidFileNameChars.Contains(c, StringComparison.Ordinal) ? '-' : c)]);
        var length = Math.Min(text.Length, MaxFileNameLength);
        length -= length > 0 && char.IsHighSurrogate(text[length - 1]) ? 1 : 0;
        var header = new ContentDispositionHeaderValue("attachment");
        header.SetHttpFileName($"{text[..length]}.{extension}");
        return header.ToString();
    }

    private sealed class ExportResult(IChatroomGrain room, RoomView start, ExportFormat form, ReplyRenderer renderer) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            var isMarkdown = form is ExportFormat.Markdown;
            response.ContentType = $"{(isMarkdown ? MediaTypeNames.Text.Markdown : JsonInput.MediaType)}; charset=utf-8";
            response.Headers.ContentDisposition = ToContentDisposition(start.Room.Name, isMarkdown ? "md" : "json");
            if (HttpMethods.IsHead(httpContext.Request.Method))
            {
                return;
            }

            IExportWriter writer = isMarkdown ? new MarkdownExportWriter(response.BodyWriter) : new JsonExportWriter(response.BodyWriter);
            await WriteWithLeaseAsync(() => writer.Begin(start), httpContext);
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

        private Task<bool> WriteMessages(IExportWriter writer, HttpContext http)
        {
            var last = start.Messages is [.., var newest] ? newest.Id : 0;
            return new ConversationReader(room, last).ReadAsync(
                async message =>
                {
                    await WriteWithLeaseAsync(() => writer.Write(message), http);
                    await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
                },
                http.RequestAborted);
        }

        // Parsing Markdown needs a lease of the renderer. The lease ends before the piece is sent to the client.
        private async Task WriteWithLeaseAsync(Action write, HttpContext http)
        {
            using var lease = form is ExportFormat.Markdown ? await renderer.WaitForLeaseAsync(http.RequestAborted) : null;
            write();
        }
    }
}
