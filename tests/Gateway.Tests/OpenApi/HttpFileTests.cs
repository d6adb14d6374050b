using System.Net;
using System.Net.ServerSentEvents;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Gateway.Tests.Payments;

namespace GeminiChat.Gateway.Tests.OpenApi;

/// <summary>The document, and the files of requests, beside what is really answered.</summary>
public sealed class HttpFileTests(PaymentsGatewayFixture paid) : IClassFixture<PaymentsGatewayFixture>
{
    // They are there for others than clients, or the same as another.
    private static readonly string[] OperationsNotInTheFile = ["GET /health/live", "GET /auth/me", "POST /auth/token", "POST /payments/webhook/stripe"];

    [Fact]
    public async Task The_requests_in_the_http_file_succeed_as_documented()
    {
        var client = paid.Gateway.CreateAnonymousClient();
        var document = await ApiDocument.ReadAsync(client);
        var person = paid.Gateway.NewUser();
        var file = new HttpFileRunner(await File.ReadAllTextAsync(Path.Combine(Repository.Folder, "requests", "chat.http")));
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["api"] = client.BaseAddress!.OriginalString.TrimEnd('/'), ["number"] = person.Number };
        var told = new List<string>();

        await file.RunAsync(client, settings, async answer =>
        {
            var operation = document.Find(answer.RequestMessage!.Method.Method, answer.RequestMessage.RequestUri!.AbsolutePath);
            told.Add($"{operation}");
            Assert.True(answer.StatusCode < HttpStatusCode.BadRequest, $"{operation}: {answer.StatusCode}");
            var body = await document.AssertDocumentedAsync(answer);
            await AssertStreamDocumented(document, operation!, answer);
            return body;
        });

        Assert.Equal(
            document.Operations.Select(one => one.ToString()).Except(OperationsNotInTheFile, StringComparer.Ordinal).Order(StringComparer.Ordinal),
            told.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Error_responses_match_the_documented_examples()
    {
        var document = await ApiDocument.ReadAsync(paid.Gateway.CreateAnonymousClient());
        var person = await paid.Gateway.NewUser().SignUpAndVerify();
        var room = $"/chatroom/{await person.NewRoom()}";

        async Task Refused(HttpStatusCode status, Task<HttpResponseMessage> request)
        {
            using var answer = await request;
            Assert.Equal(status, answer.StatusCode);
            var detail = (await document.AssertDocumentedAsync(answer))!.Value.Text("detail");
            var operation = document.Find(answer.RequestMessage!.Method.Method, answer.RequestMessage.RequestUri!.AbsolutePath)!;
            var form = operation.Answers.GetProperty($"{(int)status}").GetProperty("content").GetProperty("application/problem+json");
            Assert.Contains(detail, ApiOperation.Examples(form).Select(example => example.Text("detail")));
        }

        Task<HttpResponseMessage> Keyed(string path, string json)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = HttpTestExtensions.Json(json) };
            request.Headers.Add("Authorization", $"Bearer {person.Token}");
            request.Headers.Add("Idempotency-Key", "once");
            return paid.Gateway.CreateAnonymousClient().SendAsync(request);
        }

        await Refused(HttpStatusCode.Conflict, person.Post("/auth/signup", new { name = "Eve", mobile_number = person.Number, password = ApiUser.Password }));
        await Refused(HttpStatusCode.BadRequest, person.Verify("000000"));
        await Refused(HttpStatusCode.Unauthorized, person.Login("not the password"));
        await Refused(HttpStatusCode.Unauthorized, person.ExchangeRefreshToken("no token"));
        await person.NewCode();
        await Refused(HttpStatusCode.TooManyRequests, person.RequestCode());
        await Refused(HttpStatusCode.BadRequest, person.Send(HttpMethod.Delete, "/user/me", """{"password":"not the password"}"""));
        await Refused(HttpStatusCode.BadRequest, person.Send(HttpMethod.Get, "/chatroom?limit=1001"));
        await Refused(HttpStatusCode.BadRequest, person.Send(HttpMethod.Get, "/chatroom?cursor=none"));
        await Refused(HttpStatusCode.BadRequest, person.Send(HttpMethod.Get, $"{room}?before=none"));
        await Refused(HttpStatusCode.BadRequest, person.Send(HttpMethod.Get, $"{room}?render=pdf"));
        await Refused(HttpStatusCode.BadRequest, person.Send(HttpMethod.Get, $"{room}/export?format=pdf"));
        await Refused(HttpStatusCode.BadRequest, person.Send(HttpMethod.Patch, room, "{}"));
        (await Keyed($"{room}/message", """{"content":"one"}""")).Dispose();
        await Refused(HttpStatusCode.UnprocessableEntity, Keyed($"{room}/message", """{"content":"another"}"""));
        var (first, second) = ("""{"name":"one"}""", """{"name":"another"}""");
        var made = (await (await Keyed("/chatroom", first)).ReadJsonAsync()).Text("id");
        await Refused(HttpStatusCode.UnprocessableEntity, Keyed("/chatroom", second));
        (await person.Send(HttpMethod.Delete, $"/chatroom/{made}")).Dispose();
        await Refused(HttpStatusCode.Gone, Keyed("/chatroom", first));
        await Refused(HttpStatusCode.Conflict, person.Send(HttpMethod.Post, "/payments/portal"));
        await Refused(HttpStatusCode.BadRequest, person.Post("/payments/webhook/stripe", new { id = "evt_1" }));
    }

    /// <summary>Each event of a reply's stream fits its schema.</summary>
    private static async Task AssertStreamDocumented(ApiDocument document, ApiOperation operation, HttpResponseMessage answer)
    {
        var type = answer.Content.Headers.ContentType?.MediaType;
        if (type is "text/plain")
        {
            // As an editor does. The next request can need the end of this reply.
            Assert.NotEmpty(await answer.Content.ReadAsStringAsync());
        }

        if (type is not "text/event-stream" || operation.Path == "/events")
        {
            return;
        }

        if (operation.Path.StartsWith("/ai/", StringComparison.Ordinal))
        {
            var chunks = await SseParser.Create(await answer.Content.ReadAsStreamAsync()).EnumerateAsync().ToListAsync();
            Assert.All(chunks[..^1], chunk => document.AssertData("UiMessageChunk", chunk));
            Assert.Equal("[DONE]", chunks[^1].Data);
            return;
        }

        var last = "";
        await foreach (var item in SseParser.Create(await answer.Content.ReadAsStreamAsync()).EnumerateAsync())
        {
            document.AssertEvent("ReplyEvent", item);
            last = item.EventType;
        }

        Assert.Equal("done", last);
    }
}
