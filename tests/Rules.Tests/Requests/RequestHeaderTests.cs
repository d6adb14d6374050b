using GeminiChat.Gateway.Chatrooms;
using GeminiChat.Gateway.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace GeminiChat.Rules.Tests.Requests;

public sealed class RequestHeaderTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("!~")]
    [InlineData("0199c8d8-1111-7222-8333-444455556666")]
    public async Task An_idempotency_key_is_visible_ASCII(string key)
    {
        var read = await Key(key);
        Assert.Equal((key, null), (read.Value, read.Problem));
    }

    [Fact]
    public async Task An_idempotency_key_has_at_most_255_characters()
    {
        Assert.NotNull((await Key(new string('k', 255))).Value);
        await Refused(new string('k', 256));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a\u007F")]
    [InlineData("é")]
    public async Task Another_idempotency_key_is_refused(string key) => await Refused(key);

    [Fact]
    public async Task Without_an_idempotency_key_there_is_neither_value_nor_problem()
    {
        var read = await IdempotencyKey.BindAsync(new DefaultHttpContext());
        Assert.Equal((null, null), (read.Value, read.Problem));
        await Refused(new StringValues(["a", "b"]));
    }

    [Theory]
    [InlineData("\"3\"", 3L)]
    [InlineData("\"3\", \"5\"", 3L, 5L)]
    [InlineData("W/\"3\"")]
    [InlineData("W/\"3\", \"5\"", 5L)]
    [InlineData("\"3-q83v-x\"", 3L)]
    [InlineData("\"3-q83v-br\"", 3L)]
    [InlineData("W/\"3-q83v\"")]
    [InlineData("\"-q83v\"")]
    [InlineData("\"three\"")]
    [InlineData("\"+3\"")]
    [InlineData("\" 3\"")]
    [InlineData("\"\"")]
    [InlineData("\"99999999999999999999\"")]
    public async Task If_Match_names_versions_and_a_tag_that_is_none_matches_nothing(string header, params long[] versions)
    {
        var read = await Match(header);
        Assert.Equal(versions, read.Versions!.Value);
        Assert.Null(read.Problem);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("*")]
    [InlineData("\"3\", *")]
    public async Task Any_version_matches_without_the_header_or_with_a_star(string? header)
    {
        var read = await Match(header);
        Assert.Equal((null, null), (read.Versions, read.Problem));
    }

    [Theory]
    [InlineData("3")]
    [InlineData("\"3")]
    [InlineData("\"3\" \"4\"")]
    [InlineData("")]
    public async Task A_malformed_If_Match_is_refused(string header)
    {
        var read = await Match(header);
        Assert.Equal((400, "If-Match must be a version in quotes, or *."), (read.Problem!.Status, read.Problem.ToBody("/").Detail));
        Assert.Null(read.Versions);
    }

    [Fact]
    public void A_version_is_an_entity_tag_in_quotes() => Assert.Equal("\"12\"", IfMatch.ToETag(12));

    [Theory]
    [InlineData(null, "Json")]
    [InlineData("*/*", "Json")]
    [InlineData("application/*", "Json")]
    [InlineData("application/json", "Json")]
    [InlineData("text/event-stream", "EventStream")]
    [InlineData("TEXT/Event-Stream", "EventStream")]
    [InlineData("text/event-stream; charset=utf-8", "EventStream")]
    [InlineData("text/plain", "PlainText")]
    [InlineData("text/*", "PlainText")]
    [InlineData("image/png", "Json")]
    [InlineData("image/png, text/plain", "PlainText")]
    [InlineData("text/plain, text/event-stream", "PlainText")]
    [InlineData("text/plain;q=0.5, text/event-stream", "EventStream")]
    [InlineData("text/event-stream;q=0.4, text/plain;q=0.5", "PlainText")]
    [InlineData("text/event-stream;q=0, text/plain;q=0.1", "PlainText")]
    [InlineData("text/event-stream;q=0", "Json")]
    [InlineData("text/plain;q=0, text/*", "EventStream")]
    [InlineData("text/*, text/plain;q=0.2", "EventStream")]
    [InlineData("*/*, application/json;q=0", "PlainText")]
    [InlineData("text/event-stream, */*", "EventStream")]
    [InlineData("*/*, text/event-stream", "Json")]
    [InlineData("text/event-stream;q=0.5, */*", "Json")]
    [InlineData("", "Json")]
    [InlineData("not a type", "Json")]
    public void The_form_of_a_reply_is_the_one_that_the_client_prefers(string? accept, string form) =>
        Assert.Equal(form, ReplyFormats.OfReply(accept).ToString());

    [Theory]
    [InlineData(null, true)]
    [InlineData("", true)]
    [InlineData("not a type", true)]
    [InlineData("*/*", true)]
    [InlineData("text/*", true)]
    [InlineData("Text/Event-Stream", true)]
    [InlineData("application/json, text/event-stream;q=0.1", true)]
    [InlineData("application/json, text/plain, */*;q=0.1", true)]
    [InlineData("application/json", false)]
    [InlineData("text/plain, image/*", false)]
    [InlineData("text/event-stream;q=0, */*", false)]
    [InlineData("*/*;q=0", false)]
    [InlineData("text/*;q=0, */*", false)]
    public void An_event_stream_is_refused_only_to_a_client_that_excludes_it(string? accept, bool fits) =>
        Assert.Equal(fits, ReplyFormats.AllowEventStream(accept));

    [Theory]
    [InlineData(null, null, "Json")]
    [InlineData(null, "text/markdown", "Markdown")]
    [InlineData(null, "text/*", "Markdown")]
    [InlineData(null, "TEXT/MARKDOWN;q=0.5, image/png", "Markdown")]
    [InlineData(null, "text/markdown;q=0.5, application/json", "Json")]
    [InlineData(null, "text/markdown;q=0.5, application/*;q=0.6", "Json")]
    [InlineData(null, "text/markdown;q=0.5, */*;q=0.6", "Json")]
    [InlineData(null, "text/plain", "Json")]
    [InlineData("json", "text/markdown", "Json")]
    [InlineData("markdown", "application/json", "Markdown")]
    [InlineData("Markdown", null, null)]
    [InlineData("", null, null)]
    public void The_form_of_a_download_is_that_of_the_query_or_else_the_preferred_one(string? query, string? accept, string? form) =>
        Assert.Equal(form, ReplyFormats.OfExport(query, accept)?.ToString());

    private static async Task Refused(StringValues key)
    {
        var read = await Key(key);
        Assert.Equal(
            (400, "Idempotency-Key must be 1 to 255 visible ASCII characters."), (read.Problem!.Status, read.Problem.ToBody("/").Detail));
        Assert.Null(read.Value);
    }

    private static ValueTask<IdempotencyKey> Key(StringValues key)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers["Idempotency-Key"] = key;
        return IdempotencyKey.BindAsync(context);
    }

    private static ValueTask<IfMatch> Match(string? header)
    {
        var context = new DefaultHttpContext();
        if (header is not null)
        {
            context.Request.Headers["If-Match"] = header;
        }

        return IfMatch.BindAsync(context);
    }
}
