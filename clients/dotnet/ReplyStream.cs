using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace GeminiChat.Client;

/// <summary>The events of a reply. The stream resumes by itself.</summary>
/// <param name="sender">Sends the requests.</param>
/// <param name="messages">The path of the room's messages.</param>
/// <param name="post">The request that asks for the reply; null for a reply that exists.</param>
/// <param name="existing">The id of a reply that exists.</param>
/// <param name="from">Where to go on in a reply that exists.</param>
internal sealed class ReplyStream(RequestSender sender, string messages, ApiRequest? post, long? existing = null, string? from = null)
    : IAsyncEnumerable<ReplyEvent>
{
    /// <summary>The service sends something at least every 15 seconds.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(40);

    /// <summary>A connection that was open for so long has not failed.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(5);

    /// <summary>How far a reader has come.</summary>
    private sealed class Progress
    {
        public long? ReplyId { get; set; }

        public string? Cursor { get; set; }

        public long? OpenedAt { get; set; }

        /// <summary>Why the last connection has ended.</summary>
        public Exception Error { get; set; } = new GeminiChatConnectionException();
    }

    public async IAsyncEnumerator<ReplyEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        var progress = new Progress { ReplyId = existing, Cursor = from };
        for (var failures = 1; ; failures++)
        {
            var cursor = progress.Cursor;
            await using (var events = ConnectAsync(progress, cancellationToken).GetAsyncEnumerator(cancellationToken))
            {
                while (await TryMoveNextAsync(events, progress, cancellationToken).ConfigureAwait(false))
                {
                    yield return events.Current;
                    if (events.Current is ReplyEvent.Done)
                    {
                        yield break;
                    }
                }
            }

            var hasLasted = progress.OpenedAt is { } openedAt && sender.Time.GetElapsedTime(openedAt) > Long;
            failures = progress.Cursor != cursor || hasLasted ? 1 : failures;
            await Task.Delay(sender.Retries.FindDelay(progress.Error, failures, isStream: true) ?? throw progress.Error, sender.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>False when the connection has ended. An iterator cannot yield where exceptions are caught, so they are caught here.</summary>
    private static async ValueTask<bool> TryMoveNextAsync(IAsyncEnumerator<ReplyEvent> events, Progress progress, CancellationToken cancellationToken)
    {
        try
        {
            if (await events.MoveNextAsync().ConfigureAwait(false))
            {
                return true;
            }

            progress.Error = new GeminiChatConnectionException();
        }
        catch (Exception cause) when (RetryPolicy.IsConnectionError(cause, cancellationToken))
        {
            progress.Error = new GeminiChatConnectionException(cause);
        }
        catch (Exception cause) when (cause is GeminiChatException or GeminiChatConnectionException)
        {
            progress.Error = cause;
        }

        return false;
    }

    /// <summary>The events of one connection.</summary>
    private async IAsyncEnumerable<ReplyEvent> ConnectAsync(Progress progress, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        progress.OpenedAt = null;
        using var silence = new CancellationTokenSource(Silence, sender.Time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        using var response = await sender.OpenAsync(GetRequest(progress), end.Token).ConfigureAwait(false);
        progress.OpenedAt = sender.Time.GetTimestamp();
        var body = new SilenceLimitedStream(await response.Content.ReadAsStreamAsync(end.Token).ConfigureAwait(false), silence, Silence);
        await using (body.ConfigureAwait(false))
        {
            await foreach (var item in SseParser.Create(body, Parse).EnumerateAsync(end.Token).ConfigureAwait(false))
            {
                progress.Cursor = item.EventId ?? progress.Cursor;
                switch (item)
                {
                    case { EventType: "reconnect" }:
                        yield break;
                    case { Data: { } read }:
                        progress.ReplyId = (read as ReplyEvent.Accepted)?.Reply.Id ?? progress.ReplyId;
                        yield return read;
                        break;
                }
            }
        }
    }

    private ApiRequest GetRequest(Progress progress) => progress.ReplyId is null && post is not null
        ? post
        : new ApiRequest(HttpMethod.Get, $"{messages}/{progress.ReplyId}/stream") { LastEventId = progress.Cursor };

    /// <summary>Null for an event of a type that this version does not know.</summary>
    private static ReplyEvent? Parse(string type, ReadOnlySpan<byte> data) => type switch
    {
        "accepted" => Read(data, ClientJson.Default.Accepted),
        "thought" => Read(data, ClientJson.Default.Thought),
        "token" => Read(data, ClientJson.Default.Token),
        "reset" => Read(data, ClientJson.Default.Reset),
        "done" => new ReplyEvent.Done(Read(data, ClientJson.Default.Message)),
        "failed" => throw new ReplyFailedException(Read(data, ClientJson.Default.FailedData).Problem),
        _ => null,
    };

    private static T Read<T>(ReadOnlySpan<byte> data, JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(data, type) ?? throw new JsonException("The event has no data.");
}
