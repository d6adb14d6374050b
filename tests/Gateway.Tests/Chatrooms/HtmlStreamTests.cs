using System.Net;
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
            var reader = await HtmlStreamReader.ReadAsync(events);

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
        Assert.Contains("event: done", text, StringComparison.Ordinal);
        Assert.DoesNotContain("html", text, StringComparison.Ordinal);
        await (await _user.Client.GetAsync($"{_user.MessagesPath}/2/stream?render=pdf")).ReadProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task The_HTML_comes_while_the_reply_is_written_and_has_no_id()
    {
        await Room.Ask();
        await using var events = await Attach();
        var reader = new HtmlStreamReader(events);
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
        var reader = new HtmlStreamReader(events);
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
        var reader = new HtmlStreamReader(events);
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
        await new HtmlStreamReader(events).ReadUntil("<p>One <em>two</em></p>\n");
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
        var reader = await HtmlStreamReader.ReadAsync(other);
        Assert.Equal(("*One*", "", false), (reader.Text, reader.Html, reader.End.TryGetProperty("content_html", out _)));
        foreach (var events in open)
        {
            Assert.Equal("<p><em>One</em></p>\n", (await HtmlStreamReader.ReadAsync(events)).Html);
            await events.DisposeAsync();
        }
    }

    private async Task<SseReader> Attach(string lastEventId = "1-0", ApiUser? of = null) => await SseReader.OpenAsync(
        await (of ?? _user).Send(HttpMethod.Get, $"{(of ?? _user).MessagesPath}/2/stream?render=html", lastEventId: lastEventId));
}
