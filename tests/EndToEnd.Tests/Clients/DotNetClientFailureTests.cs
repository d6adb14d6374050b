using System.Net;
using GeminiChat.Client;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace GeminiChat.EndToEnd.Tests.Clients;

/// <summary>The .NET client before a service that does what no gateway does.</summary>
public sealed class DotNetClientFailureTests : IDisposable
{
    private const string Accepted = """
        event: accepted
        id: 1-0
        data: {"type":"accepted","message":{"id":1,"sender":"user","content":"why?","timestamp":"2026-01-31T12:00:00Z","status":"completed"},"reply":{"id":2,"sender":"ai","content":"","timestamp":"2026-01-31T12:00:00Z","status":"queued"},"position":0}


        """;

    private const string Done = """
        event: done
        id: 1-2-end
        data: {"type":"done","id":2,"sender":"ai","content":"ok","timestamp":"2026-01-31T12:00:00Z","status":"completed"}


        """;

    private readonly FakeService _service = new();
    private readonly CancellationTokenSource _deadline = Deadline.Start();

    private CancellationToken End => _deadline.Token;

    public void Dispose()
    {
        _service.Dispose();
        _deadline.Dispose();
    }

    [Fact]
    public async Task A_stream_that_falls_silent_is_opened_again_after_its_last_event()
    {
        using var silent = new SilentStream();
        _service.Answer(new StreamContent(silent));
        _service.AnswerAlways(Accepted + Done);
        var time = new FakeTimeProvider();
        var reply = Client(time).Room(Guid.Empty).SendAsync("why?").ReadToEndAsync(End);

        await silent.IsRead.WaitAsync(End);
        time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("ok", (await reply).Content);
        Assert.Equal(2, _service.Requests.Count);
    }

    [Fact]
    public async Task Events_of_unknown_types_are_passed_over_and_their_ids_count()
    {
        _service.Answer(Accepted + "event: novelty\nid: 1-1\ndata: {\"type\":\"novelty\"}\n\n: ping\n");
        _service.Answer(Done);
        var reply = await Client().Room(Guid.Empty).SendAsync("why?").ReadToEndAsync(End);
        Assert.Equal("ok", reply.Content);
        Assert.Equal(["POST /chatroom/00000000-0000-0000-0000-000000000000/message/stream ", "GET /chatroom/00000000-0000-0000-0000-000000000000/message/2/stream 1-1"], _service.Requests);
    }

    [Fact]
    public async Task A_stream_without_progress_is_given_up_after_its_budget()
    {
        _service.AnswerAlways("event: reconnect\ndata: {\"type\":\"reconnect\"}\n\n");
        await Assert.ThrowsAsync<GeminiChatConnectionException>(() => Client().Room(Guid.Empty).FollowAsync(2).ReadToEndAsync(End));
        Assert.Equal(5, _service.Requests.Count);
    }

    [Fact]
    public async Task A_stream_that_makes_progress_is_resumed_as_often_as_it_breaks()
    {
        for (var i = 1; i <= 20; i++)
        {
            _service.Answer($"event: token\nid: 1-{i}\ndata: {{\"type\":\"token\",\"text\":\"x\"}}\n\n");
        }

        _service.Answer(Done);
        Assert.Equal("ok", (await Client().Room(Guid.Empty).FollowAsync(2).ReadToEndAsync(End)).Content);
    }

    [Fact]
    public async Task A_page_of_a_proxy_is_no_answer()
    {
        _service.AnswerAlways("<html>");
        await Assert.ThrowsAsync<GeminiChatConnectionException>(() => Client().GetMeAsync(End));
        Assert.Equal(3, _service.Requests.Count);
    }

    [Fact]
    public async Task A_limit_that_lasts_for_hours_is_not_waited_for()
    {
        _service.Answer(new StringContent("""{"type":"about:blank","status":429,"detail":"Enough.","limit":20}"""), HttpStatusCode.TooManyRequests, retryAfter: 7200);
        var refusal = await Assert.ThrowsAsync<GeminiChatException>(() => Client().Room(Guid.Empty).PostAsync("why?", End));
        Assert.Equal((429, TimeSpan.FromHours(2), 20L, "Enough."), (refusal.Status, refusal.RetryAfter, refusal.Problem.Limit, refusal.Message));
        Assert.Single(_service.Requests);
    }

    [Fact]
    public async Task A_request_that_may_not_be_repeated_is_sent_once()
    {
        _service.Answer(new StringContent(""), HttpStatusCode.ServiceUnavailable);
        Assert.Equal(503, (await Assert.ThrowsAsync<GeminiChatException>(() => Client().SendOtpAsync("+14155550123", End))).Status);
        Assert.Single(_service.Requests);
    }

    private GeminiChatClient Client(TimeProvider? time = null) => new(
        new HttpClient(_service, disposeHandler: false) { BaseAddress = new Uri("http://chat.test"), Timeout = Timeout.InfiniteTimeSpan },
        new GeminiChatSession(new GeminiChatTokens("access", "refresh")),
        Options.Create(new GeminiChatOptions { RetryAttempts = 2, RetryDelay = TimeSpan.FromMilliseconds(1) }),
        time);
}
