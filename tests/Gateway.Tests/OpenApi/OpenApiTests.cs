using System.Net;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GeminiChat.Gateway.Tests.Fixtures;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace GeminiChat.Gateway.Tests.OpenApi;

public sealed class OpenApiTests(GatewayFixture gateway)
{
    private const string Regenerate = "REGENERATE_OPENAPI";

    [Fact]
    public async Task The_served_document_equals_the_checked_in_one()
    {
        var served = await gateway.CreateAnonymousClient().GetStringAsync("/openapi/v1.json");

        var file = Path.Combine(Repository.Folder, "docs", "openapi.json");
        if (Environment.GetEnvironmentVariable(Regenerate) is "1")
        {
            await File.WriteAllTextAsync(file, served.ReplaceLineEndings("\n").TrimEnd() + "\n");
        }

        var same = JsonNode.DeepEquals(JsonNode.Parse(served), JsonNode.Parse(await File.ReadAllTextAsync(file)));
        Assert.True(same, $"The API differs from docs/openapi.json. If it is meant to, run this test with {Regenerate}=1.");
    }

    [Fact]
    public async Task Every_route_is_in_the_document()
    {
        var document = await Read();

        var routes =
            from endpoint in gateway.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []
            let path = endpoint.RoutePattern.RawText!.TrimEnd('/')
            where method != "HEAD" && !path.StartsWith("/openapi", StringComparison.Ordinal) && !path.TrimStart('/').StartsWith("docs", StringComparison.Ordinal)
            select $"{method} {path}";
        Assert.Equal(routes.Order(StringComparer.Ordinal), document.Operations.Select(one => one.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_operation_is_named_and_its_parameters_are_explained()
    {
        var document = await Read();

        Assert.All(document.Operations, one => Assert.NotEmpty(one.Json.Text("summary")));
        Assert.Distinct(document.Operations.Select(one => one.Json.Text("operationId")), StringComparer.Ordinal);
        Assert.All(document.Operations.SelectMany(one => one.Parameters), one =>
        {
            Assert.NotEmpty(one.Text("description"));
            Assert.Equal(one.Text("in") == "path", one.TryGetProperty("example", out var example));
            Assert.Empty(example.ValueKind is JsonValueKind.Undefined ? [] : document.Schemas.FindErrors(one.GetProperty("schema"), example));
        });
    }

    [Fact]
    public async Task Every_body_and_every_success_has_examples_that_fit_their_schema()
    {
        var document = await Read();

        Assert.All(document.Operations, one =>
        {
            var successes = one.Answers.EnumerateObject().Where(answer => answer.Name[0] is '2' or '3').ToList();
            Assert.Contains(successes, answer => answer.Name[0] is '2');
            Assert.All(successes, answer =>
                Assert.Equal(answer.Name is not ("204" or "304"), answer.Value.TryGetProperty("content", out _)));
            var forms = successes.Where(answer => answer.Value.TryGetProperty("content", out _))
                .SelectMany(answer => answer.Value.GetProperty("content").EnumerateObject().Select(form => form.Value));
            Assert.All(one.Body is { } body ? forms.Append(body) : forms, form => AssertExamplesFit(document, form));
        });
    }

    [Fact]
    public async Task Every_error_has_examples()
    {
        var document = await Read();

        Assert.All(document.Operations, one => Assert.All(
            one.Answers.EnumerateObject().Where(answer => answer.Name[0] is '4' or '5'),
            answer =>
            {
                var form = Assert.Single(answer.Value.GetProperty("content").EnumerateObject());
                Assert.Equal("application/problem+json", form.Name);
                AssertExamplesFit(document, form.Value);
                Assert.All(ApiOperation.Examples(form.Value), example =>
                {
                    Assert.Equal(answer.Name, example.GetProperty("status").ToString());
                    Assert.Equal(one.ExamplePath, example.Text("instance"));
                });
                Assert.Equal(answer.Name is "429" or "503", HasHeader(answer.Value, "Retry-After"));
                Assert.Equal(answer.Name is "401", HasHeader(answer.Value, "WWW-Authenticate"));
            }));
    }

    [Fact]
    public async Task Exactly_the_documented_operations_require_a_token()
    {
        var document = await Read();

        foreach (var one in document.Operations)
        {
            using var answer = await gateway.CreateAnonymousClient().SendAsync(new HttpRequestMessage(new HttpMethod(one.Method), one.ExamplePath));

            Assert.True(one.NeedsToken == answer.StatusCode is HttpStatusCode.Unauthorized, one.ToString());
            await document.AssertDocumentedAsync(answer);
        }
    }

    [Theory]
    [InlineData("text/plain", "hello", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/json", "[]", HttpStatusCode.BadRequest)]
    [InlineData("application/json", null, HttpStatusCode.RequestEntityTooLarge)]
    public async Task Every_operation_with_a_body_documents_how_it_refuses_one(string type, string? body, HttpStatusCode status)
    {
        var document = await Read();
        var user = await gateway.NewUserWithRoom();

        foreach (var one in document.Operations.Where(one => one.Body is not null && one.Path is not ("/payments/webhook/stripe" or "/files" or "/ai/chat" or "/auth/token")))
        {
            using var answer = await user.Client.SendAsync(new HttpRequestMessage(new HttpMethod(one.Method), one.ExamplePath)
            {
                Content = new StringContent(body ?? new string(' ', 129 * 1024), Encoding.UTF8, type),
            });

            Assert.Equal(status, answer.StatusCode);
            await document.AssertDocumentedAsync(answer);
        }
    }

    [Fact]
    public async Task Every_room_operation_documents_its_404()
    {
        var document = await Read();
        var user = await gateway.NewUserWithRoom();

        foreach (var one in document.Operations.Where(one => one.Path.Contains("{id}", StringComparison.Ordinal)))
        {
            var example = one.Body is { } body ? HttpTestExtensions.Json(ApiOperation.Examples(body).Single().ToString()) : null;
            using var answer = await user.Client.SendAsync(new HttpRequestMessage(
                new HttpMethod(one.Method), one.Path.Replace("{id}", "none", StringComparison.Ordinal).Replace("{mid}", "1", StringComparison.Ordinal))
            {
                Content = example,
            });

            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            var detail = (await document.AssertDocumentedAsync(answer))!.Value.Text("detail");
            var form = one.Answers.GetProperty("404").GetProperty("content").GetProperty("application/problem+json");
            Assert.Equal(detail, Assert.Single(ApiOperation.Examples(form)).Text("detail"));
        }
    }

    [Theory]
    [InlineData("POST", "/chatroom/{id}/message", "accepted done error reconnect thought token")]
    [InlineData("POST", "/chatroom/{id}/message/{mid}/edit", "accepted done error reconnect thought token")]
    [InlineData("POST", "/chatroom/{id}/message/{mid}/regenerate", "accepted done error reconnect thought token")]
    [InlineData("GET", "/chatroom/{id}/message/{mid}", "accepted done error reconnect reset thought token")]
    public async Task The_examples_of_a_stream_show_every_event_and_a_keep_alive_comment(string method, string path, string events)
    {
        var operation = (await Read()).Find(method, path)!;

        var streams = ApiOperation.Examples(operation.Answers.GetProperty("200").GetProperty("content").GetProperty("text/event-stream"))
            .Select(example => example.GetString()!).ToList();

        Assert.All(streams, text => Assert.StartsWith("retry: 1000\n", text, StringComparison.Ordinal));
        Assert.Contains(streams, text => text.Contains("\n\n: ping\nevent: ", StringComparison.Ordinal));
        var items = streams.SelectMany(text => SseParser.Create(new MemoryStream(Encoding.UTF8.GetBytes(text))).Enumerate()).ToList();
        Assert.Equal(events.Split(' '), items.Select(item => item.EventType).Distinct().Order(StringComparer.Ordinal));
        Assert.All(items, item => Assert.StartsWith(
            item.EventType == "error" ? "urn:geminichat:problem:" : item.EventType, JsonDocument.Parse(item.Data).RootElement.Text("type"), StringComparison.Ordinal));
        Assert.All(streams, text => Assert.EndsWith("\n\n", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_event_of_a_typed_stream_has_a_schema_and_an_example()
    {
        var document = await Read();
        var forms = document.Operations.SelectMany(one => one.Answers.EnumerateObject())
            .SelectMany(answer => answer.Value.TryGetProperty("content", out var content) ? content.EnumerateObject() : default)
            .Where(form => form.Name == "text/event-stream" && form.Value.GetProperty("schema").TryGetProperty("$ref", out _)).ToList();

        Assert.NotEmpty(forms);
        Assert.All(forms, form =>
        {
            var union = document.Schemas.Resolve(form.Value.GetProperty("schema").Text("$ref"));
            var choices = union.GetProperty("oneOf").EnumerateArray().Select(one => one.Text("$ref")).ToList();
            var mapping = union.GetProperty("discriminator").GetProperty("mapping").EnumerateObject().ToList();
            Assert.Equal("type", union.GetProperty("discriminator").Text("propertyName"));
            Assert.Equal(choices, mapping.Select(one => one.Value.GetString()!));
            Assert.Equal(mapping.Select(one => one.Name), ApiOperation.Examples(form.Value).Select(example => example.Text("type")));
            Assert.All(choices, choice => Assert.NotEmpty(document.Schemas.Resolve(choice).Text("description")));
        });
    }

    private static bool HasHeader(JsonElement answer, string name) =>
        answer.TryGetProperty("headers", out var headers) && headers.TryGetProperty(name, out _);

    private static void AssertExamplesFit(ApiDocument document, JsonElement form)
    {
        Assert.NotEmpty(ApiOperation.Examples(form));
        Assert.All(ApiOperation.Examples(form), example => Assert.Empty(document.Schemas.FindErrors(form.GetProperty("schema"), example)));
    }

    private Task<ApiDocument> Read() => ApiDocument.ReadAsync(gateway.CreateAnonymousClient());
}
