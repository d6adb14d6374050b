using GeminiChat.Gateway.Rendering;
using Microsoft.Net.Http.Headers;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>
/// Downloads a room: its messages up to the one that was the last at the start, in the order of the conversation. They are
/// read and sent a page at a time, so a long room takes no more memory than a short one.
/// </summary>
internal static class RoomExport
{
    private const int LongestFileName = 100;
    private const string NotInFileNames = "/\\:*?\"<>|";

    public static Problem BadFormat { get; } = Problems.BadRequest("format must be json or markdown.");

    // Not a documentation comment, which would become the route's summary.
    public static async Task<IResult> Export(
        string? format, RoomPath path, ReplyRenderer renderer, HttpContext http)
    {
        if (AnswerForms.OfExport(format, http.Request.Headers.Accept) is not { } form)
        {
            return BadFormat;
        }

        return await GrainCalls.RetryAsync(() => path.Room.Read(1, before: null), http.RequestAborted) is { } start
            ? new Download(path.Room, start, form, renderer)
            : RoomPath.Absent;
    }

    /// <summary>The name of the file.</summary>
    public static string Disposition(string name, string extension)
    {
        var text = new string([.. VisibleText.WithoutBidi(name).Select(c => char.IsControl(c) || NotInFileNames.Contains(c, StringComparison.Ordinal) ? '-' : c)]);
        var length = Math.Min(text.Length, LongestFileName);
        length -= length > 0 && char.IsHighSurrogate(text[length - 1]) ? 1 : 0;
        var header = new ContentDispositionHeaderValue("attachment");
        header.SetHttpFileName($"{text[..length]}.{extension}");
        return header.ToString();
    }

    private sealed class Download(IChatroomGrain room, RoomView start, ExportForm form, ReplyRenderer renderer) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            var isMarkdown = form is ExportForm.Markdown;
            response.ContentType = $"{(isMarkdown ? AnswerForms.Markdown : JsonInput.MediaType)}; charset=utf-8";
            response.Headers.ContentDisposition = Disposition(start.Room.Name, isMarkdown ? "md" : "json");
            if (HttpMethods.IsHead(httpContext.Request.Method))
            {
                return;
            }

            IRoomWriter writer = isMarkdown ? new MarkdownRoom(response.BodyWriter) : new JsonRoom(response.BodyWriter);
            await InTurn(() => writer.Begin(start), httpContext);
            if (await TryWriteMessages(writer, httpContext))
            {
                writer.End();
                await httpContext.Response.BodyWriter.FlushAsync(httpContext.RequestAborted);
            }
            else
            {
                // The room has been deleted meanwhile. Half of it must not look like the whole.
                httpContext.Abort();
            }
        }

        private Task<bool> TryWriteMessages(IRoomWriter writer, HttpContext http)
        {
            var last = start.Messages is [.., var newest] ? newest.Id : 0;
            return new ConversationReader(room, last).ReadAsync(
                async message =>
                {
                    await InTurn(() => writer.Write(message), http);
                    await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
                },
                http.RequestAborted);
        }

        // Markdown is parsed, which only so many may do at a time. The turn ends before the client takes its piece.
        private async Task InTurn(Action write, HttpContext http)
        {
            using var turn = form is ExportForm.Markdown ? await renderer.WaitForTurn(http.RequestAborted) : null;
            write();
        }
    }
}
