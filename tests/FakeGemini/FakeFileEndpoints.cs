using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace GeminiChat.Fakes;

/// <summary>The paths of Gemini's Files API, for v1 and v1beta.</summary>
internal static class FakeFileEndpoints
{
    private const string Version = "/{version:regex(^v1(beta)?$)}";

    public static void Map(IEndpointRouteBuilder routes, FakeGemini fake)
    {
        routes.MapPost("/upload" + Version + "/files", context => context.Request.Query.ContainsKey("upload_id") ? Continue(context, fake) : Start(context, fake));
        routes.MapGet(Version + "/files", context => Answer(context, fake, "files.list", exchange => List(context, exchange, fake)));
        routes.MapGet(Version + "/files/{id}", context => Answer(context, fake, "files.get", exchange => Get(context, exchange, fake)));
        routes.MapDelete(Version + "/files/{id}", context => Answer(context, fake, "files.delete", exchange => Delete(context, exchange, fake)));
    }

    private static Task Answer(HttpContext context, FakeGemini fake, string method, Func<GeminiExchange, Task> answer) =>
        fake.AnswerOther(context, RequestReader.WithoutBody(context, method, fake.Options.Time), answer);

    private static async Task Start(HttpContext context, FakeGemini fake)
    {
        var request = await RequestReader.Read(context, "files.start", fake.Options.Time);
        await fake.AnswerOther(context, request, exchange => Start(context, exchange, fake));
    }

    private static Task Start(HttpContext context, GeminiExchange exchange, FakeGemini fake)
    {
        var file = exchange.Request.Body.GetMember("file") ?? default;
        var name = file.GetText("displayName") ?? file.GetText("display_name");
        var type = file.GetText("mimeType") ?? file.GetText("mime_type") ?? Header(context, "Header-Content-Type");
        if (Header(context, "Protocol") is not "resumable" || Header(context, "Command") is not "start" || name is { Length: > 512 })
        {
            return Script.BadRequest().Play(exchange);
        }

        if (!MediaTypes.IsRead(type))
        {
            return Script.BadRequest($"Unsupported MIME type: {type}").Play(exchange);
        }

        var id = Guid.CreateVersion7(fake.Options.Time.GetUtcNow()).ToString("N");
        var announced = long.TryParse(Header(context, "Header-Content-Length"), CultureInfo.InvariantCulture, out var length) ? length : (long?)null;
        fake.Files.Add(new FakeUpload(id, exchange.Request.Key, type!, name, announced));
        var url = $"{fake.BaseUrl}/upload/{exchange.Request.Version}/files?upload_id={id}&upload_protocol=resumable";
        exchange.Header("X-Goog-Upload-URL", url);
        exchange.Header("X-Goog-Upload-Status", "active");
        return exchange.Respond(200, string.Empty);
    }

    private static Task Continue(HttpContext context, FakeGemini fake) => Answer(context, fake, "files.upload", async exchange =>
    {
        if (fake.Files.FindUpload(context.Request.Query["upload_id"]) is not { } upload)
        {
            await Script.Error(404, "NOT_FOUND", "Requested entity was not found.").Play(exchange);
            return;
        }

        var commands = Header(context, "Command").Split(',', StringSplitOptions.TrimEntries);
        if (commands.Contains("upload", StringComparer.Ordinal) && !await TryRead(context, exchange, upload, fake))
        {
            await Script.BadRequest("The offset is not where the upload is.").Play(exchange);
        }
        else if (!commands.Contains("finalize", StringComparer.Ordinal))
        {
            exchange.Header("X-Goog-Upload-Status", "active");
            exchange.Header("X-Goog-Upload-Size-Received", upload.Size.ToString(CultureInfo.InvariantCulture));
            await exchange.Respond(200, string.Empty);
        }
        else if (!upload.IsWhole)
        {
            await Script.BadRequest("The size is not the one that was announced.").Play(exchange);
        }
        else
        {
            var file = fake.Files.Finish(upload, $"{fake.BaseUrl}/v1beta/files/{upload.Id}");
            exchange.Header("X-Goog-Upload-Status", "final");
            await exchange.Respond(200, new JsonObject { ["file"] = Json(file, fake) }.ToJsonString());
        }
    });

    private static Task<bool> TryRead(HttpContext context, GeminiExchange exchange, FakeUpload upload, FakeGemini fake) =>
        long.TryParse(Header(context, "Offset"), CultureInfo.InvariantCulture, out var offset)
            ? upload.TryRead(context.Request.Body, offset, fake.Files, exchange.Aborted)
            : Task.FromResult(false);

    private static Task Get(HttpContext context, GeminiExchange exchange, FakeGemini fake) =>
        Find(context, exchange, fake) is { } file
            ? exchange.Respond(200, Json(file, fake).ToJsonString())
            : FakeFiles.Unknown(Id(context)).Play(exchange);

    private static Task Delete(HttpContext context, GeminiExchange exchange, FakeGemini fake)
    {
        if (Find(context, exchange, fake) is not { } file)
        {
            return FakeFiles.Unknown(Id(context)).Play(exchange);
        }

        fake.Files.Delete(file.Name);
        return exchange.Respond(200, "{}");
    }

    private static Task List(HttpContext context, GeminiExchange exchange, FakeGemini fake)
    {
        var own = fake.Files.Current.Where(file => file.Key == exchange.Request.Key).Select(file => Json(file, fake));
        return exchange.Respond(200, Page.Of("files", own, context.Request.Query).ToJsonString());
    }

    private static FakeFile? Find(HttpContext context, GeminiExchange exchange, FakeGemini fake) =>
        fake.Files.Find(Id(context), exchange.Request.Key);

    private static JsonObject Json(FakeFile file, FakeGemini fake) => file.ToJson(fake.Files.StateOf(file));

    private static string Id(HttpContext context) => (string)context.GetRouteValue("id")!;

    private static string Header(HttpContext context, string name) => context.Request.Headers["X-Goog-Upload-" + name].ToString();
}
