using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace GeminiChat.Running;

/// <summary>An operator's receiver of webhooks. It answers as it is told, and keeps what it got.</summary>
public sealed class FakeWebhookReceiver : IAsyncDisposable
{
    public const string Secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    private readonly TestHttpServer _server;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<ReceivedWebhook> _received = [];
    private readonly SemaphoreSlim _arrival = new(0);
    private int _open;

    private FakeWebhookReceiver() => _server = new TestHttpServer(Receive);

    /// <summary>What a request is answered.</summary>
    public Func<ReceivedWebhook, HttpResponse, Task> Answer { get; set; } = (_, response) => Status(response, StatusCodes.Status204NoContent);

    /// <summary>What it got, in the order of arrival.</summary>
    public IReadOnlyList<ReceivedWebhook> Received => [.. _received];

    /// <summary>The most requests that it had at the same time.</summary>
    public int MostOpen { get; private set; }

    public Uri Url => new(new Uri(_server.Url), "/webhooks");

    /// <summary>The settings of a sender, for this receiver alone.</summary>
    public (string Name, string Value)[] Settings => [("WEBHOOK_URL", Url.ToString()), ("WEBHOOK_SECRET", Secret)];

    public static async Task<FakeWebhookReceiver> Start()
    {
        var receiver = new FakeWebhookReceiver();
        await receiver._server.Start();
        return receiver;
    }

    public static Task Status(HttpResponse response, int status)
    {
        response.StatusCode = status;
        return Task.CompletedTask;
    }

    /// <summary>Answers nothing until the sender or the test has ended.</summary>
    public Task Hang(HttpResponse response) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, response.HttpContext.RequestAborted)
        .WaitAsync(_stopping.Token).ContinueWith(_ => response.HttpContext.Abort(), TaskScheduler.Default);

    /// <summary>Waits until what it got is so.</summary>
    public async Task<IReadOnlyList<ReceivedWebhook>> WaitUntil(Func<IReadOnlyList<ReceivedWebhook>, bool> condition)
    {
        using var deadline = Deadline.Start();
        while (!condition(Received))
        {
            await _arrival.WaitAsync(deadline.Token);
        }

        return Received;
    }

    /// <summary>Waits for so many requests.</summary>
    public Task<IReadOnlyList<ReceivedWebhook>> WaitFor(int count) => WaitUntil(received => received.Count >= count);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _server.DisposeAsync();
        _stopping.Dispose();
        _arrival.Dispose();
    }

    private async Task Receive(HttpContext http)
    {
        lock (_received)
        {
            MostOpen = Math.Max(MostOpen, ++_open);
        }

        try
        {
            using var body = new StreamReader(http.Request.Body, Encoding.UTF8);
            var received = new ReceivedWebhook(
                http.Request.Path.Value!,
                http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
                await body.ReadToEndAsync());
            _received.Enqueue(received);
            _arrival.Release();
            await Answer(received, http.Response);
        }
        finally
        {
            lock (_received)
            {
                _open--;
            }
        }
    }
}

/// <summary>A request that the receiver got.</summary>
public sealed record ReceivedWebhook(string Path, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public string Id => Headers["webhook-id"];

    public JsonElement Json { get; } = JsonElement.Parse(Body);

    public string Type => Json.GetProperty("type").GetString()!;

    public JsonElement Data => Json.GetProperty("data");

    /// <summary>What its order belongs to: the room, or else the user.</summary>
    public string OrderingKey => (Data.TryGetProperty("room_id", out var room) ? room : Data.GetProperty("user_id")).GetString()!;

    /// <summary>The id of the reply.</summary>
    public long Reply => Data.GetProperty("reply").GetProperty("id").GetInt64();
}
