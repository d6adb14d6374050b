using System.Net.Mime;
using GeminiChat.Gateway.Chatrooms;
using GeminiChat.Gateway.Streams;

namespace GeminiChat.Gateway.AiSdk;

/// <summary>
/// A reply as the AI SDK's UI message stream, always from its first chunk: the protocol has no cursor. A client takes a stream that ends
/// without <c>finish</c> for a whole reply. So where the client should resume, the connection is broken off.
/// </summary>
/// <param name="http">The request.</param>
/// <param name="roomId">The room.</param>
/// <param name="reply">The reply as it is now.</param>
internal sealed class UiMessageStream(HttpContext http, Guid roomId, RoomMessage reply) : IStreamSink<ReplyProgress>
{
    public const string VersionHeader = "X-Vercel-AI-UI-Message-Stream";
    public const string Version = "v1";

    private readonly UiMessageChunkWriter _chunks = new(http.Response.BodyWriter);

    /// <summary>The headers of the stream, also in answer to HEAD.</summary>
    public static void WriteHeaders(HttpResponse response)
    {
        response.BeginStream(MediaTypeNames.Text.EventStream);
        response.Headers[VersionHeader] = Version;
    }

    public ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        WriteHeaders(http.Response);
        WriteStart(_chunks, UiMessageMetadata.Of(reply, roomId));
        return FlushAsync(cancellationToken);
    }

    public async ValueTask<bool> WriteAsync(ReplyProgress update, CancellationToken cancellationToken)
    {
        if (update.IsReset)
        {
            // Of the versions in use, only the newest can take back text. Thinking may stay: it is a part of its own.
            if (_chunks.HasText)
            {
                http.Abort();
                return false;
            }

            _chunks.EndPart();
        }

        if (update.Thought.Length > 0)
        {
            _chunks.WriteText(update.Thought, isThought: true);
        }

        if (update.Text.Length > 0)
        {
            _chunks.WriteText(update.Text, isThought: false);
        }

        if (update.FinishedReply is { } end)
        {
            WriteEnd(_chunks, end, roomId);
        }

        await FlushAsync(cancellationToken);
        return update.FinishedReply is null;
    }

    public ValueTask PingAsync(CancellationToken cancellationToken)
    {
        _chunks.WritePing();
        return FlushAsync(cancellationToken);
    }

    public ValueTask ReconnectAsync()
    {
        http.Abort();
        return ValueTask.CompletedTask;
    }

    /// <summary>The client does not resume after this chunk.</summary>
    public ValueTask FailAsync(Problem problem, CancellationToken cancellationToken)
    {
        _chunks.Write(new UiMessageChunk.ErrorChunk(problem.Detail));
        _chunks.WriteDone();
        return FlushAsync(cancellationToken);
    }

    public static void WriteStart(UiMessageChunkWriter chunks, UiMessageMetadata metadata)
    {
        chunks.Write(new UiMessageChunk.StartChunk(UiMessage.IdOf(metadata.MessageId), metadata));
        chunks.Write(new UiMessageChunk.StartStepChunk());
    }

    public static void WriteEnd(UiMessageChunkWriter chunks, RoomMessage end, Guid roomId)
    {
        chunks.EndPart();
        for (var index = 0; index < end.Grounding?.Sources.Length; index++)
        {
            var source = end.Grounding.Sources[index];
            chunks.Write(new UiMessageChunk.SourceUrlChunk(UiMessage.SourceId(index), source.Url, source.Title));
        }

        if (end.Grounding?.SearchSuggestions is { } html)
        {
            chunks.Write(new UiMessageChunk.SearchSuggestionsChunk(html));
        }

        var metadata = UiMessageMetadata.Of(end, roomId);
        chunks.Write(new UiMessageChunk.FinishStepChunk());
        if (end.Status is MessageStatus.Failed)
        {
            chunks.Write(new UiMessageChunk.MetadataChunk(metadata));
            chunks.Write(new UiMessageChunk.ErrorChunk(MessageError.Of(end.Reason ?? EndReasons.ModelError).Detail));
        }
        else
        {
            chunks.Write(new UiMessageChunk.FinishChunk(ToFinishReason(end), metadata));
        }

        chunks.WriteDone();
    }

    private static string ToFinishReason(RoomMessage end) => (end.Status, end.Reason) switch
    {
        (MessageStatus.Completed, _) => "stop",
        (MessageStatus.Incomplete, EndReasons.Length) => "length",
        (MessageStatus.Incomplete, EndReasons.Safety) => "content-filter",
        (MessageStatus.Incomplete, _) => "error",
        _ => "other",
    };

    private async ValueTask FlushAsync(CancellationToken cancellationToken) => await http.Response.BodyWriter.FlushAsync(cancellationToken);
}
