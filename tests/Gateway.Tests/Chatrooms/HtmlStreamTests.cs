using System.Net;
using System.Text.Json;
using GeminiChat.Gateway.Chatrooms;
using GeminiChat.Gateway.Rendering;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.GrainInterfaces.Chatrooms;
using Microsoft.Extensions.DependencyInjection;

namespace GeminiChat.Gateway.Tests.Chatrooms;

/// <summary>The HTML of a reply in its event stream.</summary>
public sealed class HtmlStreamTests(GatewayFixture gateway) : IAsyncLifetime
{
    private const string Question = """{"content":"Why?"}""";

    private ApiUser _user = null!;

    private RoomDriver Room => _user.Room;

    public async ValueTask InitializeAsync() => _user = await gateway.NewUserWithRoom();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Each_stream_has_HTML_when_asked_for_and_it_ends_as_that_of_the_finished_message()
    {
        foreach (var (path, reply) in new[] { ("/stream", 2), ("/1/edit/stream", 4), ("/4/regenerate/stream", 5) })
        {
            await using var events = await SseReader.OpenAsync(await _user.Client.PostJsonAsync($"{_user.MessagesPath}{path}?render=html", Question));
            await Room.AnswerNext(reply, "# Because\n\n- *one*\n- two\n\n[x]\n\n[x]: https://a.example");
            var reader = await HtmlReader.ReadAsync(events);

            using var stored = await _user.Client.GetAsync($"{_user.MessagesPath}/{reply}?render=html");
            var html = (await stored.ReadJsonAsync()).Text("content_html");
            Assert.Equal((html, html), (reader.Html, reader.End.Text("content_html")));
            Assert.Contains("<a href=\"https://a.example\"", html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_stream_has_no_HTML_unless_asked_for()
    {
        await Room.AskAndAnswer("Why?", "*Because*");
        using var answer = await _user.Client.GetAsync($"{_user.MessagesPath}/2/stream");
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("html", text, StringComparison.Ordinal);
        await (await _user.Client.GetAsync($"{_user.MessagesPath}/2/stream?render=pdf")).ReadProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task The_HTML_comes_while_the_reply_is_written_and_has_no_id()
    {
        await Room.Ask();
        await using var events = await Attach();
        var reader = new HtmlReader(events);
        await Room.Say("One *word");
        await reader.ReadUntil("<p>One *word</p>\n");
        await Room.Say("* more\n\n- item");
        await reader.ReadUntil("<p>One <em>word</em> more</p>\n<ul>\n<li>item</li>\n</ul>\n");
        Assert.Equal("1-23", events.LastId);
    }

    [Fact]
    public async Task A_client_that_resumes_gets_the_text_after_its_cursor_and_all_blocks()
    {
        await Room.Ask();
        await Room.Say("# One\n\nTwo *thr");
        await using var events = await Attach("1-7");
        var reader = new HtmlReader(events);
        await reader.ReadUntil("<h3>One</h3>\n<p>Two *thr</p>\n");
        await Room.Say("ee*");
        await Room.End(MessageStatus.Stopped);
        await reader.ReadToEnd();
        Assert.Equal(("stopped", "<h3>One</h3>\n<p>Two <em>three</em></p>\n", "Two *three*"), (reader.End.Text("status"), reader.Html, reader.Text));
        Assert.Equal(reader.Html, reader.End.Text("content_html"));
    }

    [Fact]
    public async Task A_reset_begins_the_blocks_anew()
    {
        await Room.Ask();
        await using var events = await Attach();
        var reader = new HtmlReader(events);
        await Room.Say("# Old\n\ntext");
        await reader.ReadUntil("<h3>Old</h3>\n<p>text</p>\n");
        await Room.Restart();
        await Room.Say("New");
        await Room.End(MessageStatus.Completed);
        await reader.ReadToEnd();
        Assert.Equal(("<p>New</p>\n", "New"), (reader.Html, reader.Text));
    }

    [Fact]
    public async Task A_reply_that_fails_ends_without_HTML()
    {
        await using var events = await SseReader.OpenAsync(await _user.Client.PostJsonAsync($"{_user.MessagesPath}/stream?render=html", Question));
        await events.ExpectAsync("accepted", "1-0");
        await Room.End(MessageStatus.Failed, EndReasons.ModelUnavailable);
        await events.ExpectAsync("failed", "1-0-end");
        await events.ExpectEndAsync();
    }

    [Fact]
    public async Task Without_a_lease_the_text_goes_on_and_the_HTML_comes_later()
    {
        await using var own = await GatewayFixture.StartAsync();
        var user = await own.NewUserWithRoom();
        await user.Room.Ask();
        var renderer = own.Services.GetRequiredService<ReplyRenderer>();
        var leases = new List<IDisposable>();
        while (renderer.TryAcquireLease() is { IsAcquired: true } lease)
        {
            leases.Add(lease);
        }

        await using var events = await Attach(of: user);
        await user.Room.Say("One");
        await events.ExpectTokenAsync("One", "1-3");
        await user.Room.Say(" *two*");
        await events.ExpectTokenAsync(" *two*", "1-9");
        leases.ForEach(lease => lease.Dispose());
        await new HtmlReader(events).ReadUntil("<p>One <em>two</em></p>\n");
    }

    [Fact]
    public async Task The_streams_of_a_user_over_the_limit_have_their_text_only()
    {
        await Room.Ask();
        var open = new List<SseReader>();
        for (var i = 0; i < HtmlStreamLimiter.MaxStreams; i++)
        {
            open.Add(await Attach());
        }

        await using var other = await Attach();
        await Room.Say("*One*");
        await Room.End(MessageStatus.Completed);
        var reader = await HtmlReader.ReadAsync(other);
        Assert.Equal(("*One*", "", false), (reader.Text, reader.Html, reader.End.TryGetProperty("content_html", out _)));
        foreach (var events in open)
        {
            Assert.Equal("<p><em>One</em></p>\n", (await HtmlReader.ReadAsync(events)).Html);
            await events.DisposeAsync();
        }
    }

    private async Task<SseReader> Attach(string lastEventId = "1-0", ApiUser? of = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"{(of ?? _user).MessagesPath}/2/stream?render=html");
        request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        return await SseReader.OpenAsync(await (of ?? _user).Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead));
    }

    /// <summary>Puts the blocks together, as a client does.</summary>
    private sealed class HtmlReader(SseReader events)
    {
        private readonly List<string> _blocks = [];

        public string Html => string.Concat(_blocks);

        public string Text { get; private set; } = "";

        public JsonElement End { get; private set; }

        public static async Task<HtmlReader> ReadAsync(SseReader events)
        {
            var reader = new HtmlReader(events);
            await reader.ReadToEnd();
            return reader;
        }

        public async Task ReadUntil(string html)
        {
            while (Html != html)
            {
                await ReadNext();
            }
        }

        public async Task ReadToEnd()
        {
            while (End.ValueKind is JsonValueKind.Undefined)
            {
                await ReadNext();
            }

            await events.ExpectEndAsync();
        }

        private async Task ReadNext()
        {
            var item = await events.NextAsync();
            var data = JsonDocument.Parse(item.Data).RootElement;
            switch (item.EventType)
            {
                case "html":
                    Assert.Null(item.EventId);
                    Take(data.GetProperty("block").GetInt32(), data.GetProperty("keep").GetInt32(), data.Text("html")!, data.GetProperty("blocks").GetInt32());
                    break;
                case "token":
                    Text += data.Text("text");
                    break;
                case "reset":
                    Text = "";
                    _blocks.Clear();
                    break;
                case "done":
                    End = data;
                    break;
                default:
                    Assert.Equal("accepted", item.EventType);
                    break;
            }
        }

        private void Take(int block, int keep, string html, int count)
        {
            _blocks.AddRange(Enumerable.Repeat("", Math.Max(0, block + 1 - _blocks.Count)));
            _blocks[block] = _blocks[block][..keep] + html;
            _blocks.RemoveRange(Math.Min(count, _blocks.Count), Math.Max(0, _blocks.Count - count));
        }
    }
}
