using System.Net.Http.Json;

namespace GeminiChat.Client;

/// <summary>One room of the signed-in user.</summary>
/// <remarks>
/// Nothing is sent before the events are read. To leave them early closes the connection; the service writes the reply to its end
/// all the same. To read them a second time does not post a second time.
/// </remarks>
public sealed class GeminiChatRoom
{
    private readonly RequestSender _sender;
    private readonly string _path;
    private readonly string _messages;

    internal GeminiChatRoom(RequestSender sender, Guid id)
    {
        (Id, _sender, _path) = (id, sender, $"chatroom/{id}");
        _messages = $"{_path}/message";
    }

    public Guid Id { get; }

    /// <summary>The room with a page of its messages: the newest, or those before an id.</summary>
    public Task<RoomView> GetAsync(int? limit = null, long? before = null, CancellationToken cancellationToken = default) =>
        _sender.SendAsync(
            new ApiRequest(HttpMethod.Get, _path + Query.Of(("limit", limit), ("before", before))), ClientJson.Default.RoomView, cancellationToken);

    public Task<Room> UpdateAsync(RoomChange change, CancellationToken cancellationToken = default) => _sender.SendAsync(
        new ApiRequest(HttpMethod.Patch, _path) { Content = () => JsonContent.Create(change, ClientJson.Default.RoomChange) },
        ClientJson.Default.Room,
        cancellationToken);

    public Task DeleteAsync(CancellationToken cancellationToken = default) =>
        _sender.SendAsync(new ApiRequest(HttpMethod.Delete, _path), cancellationToken);

    /// <summary>Posts a message, and reads the reply as it is written.</summary>
    public IAsyncEnumerable<ReplyEvent> SendAsync(NewMessage message) => Ask("stream", message);

    /// <summary>Posts a new version of a message, and reads the reply.</summary>
    public IAsyncEnumerable<ReplyEvent> EditAsync(long messageId, NewMessage message) => Ask($"{messageId}/edit/stream", message);

    /// <summary>Asks for another reply in the place of a finished one, and reads it.</summary>
    public IAsyncEnumerable<ReplyEvent> RegenerateAsync(long replyId, ReplyOptions? options = null) => new ReplyStream(
        _sender,
        _messages,
        ApiRequest.Post($"{_messages}/{replyId}/regenerate/stream", options ?? new(), ClientJson.Default.ReplyOptions).WithKey(GeminiChatSession.NewKey()));

    /// <summary>Reads a reply that exists.</summary>
    /// <param name="replyId">The reply.</param>
    /// <param name="cursor"><see cref="Message.Cursor"/>: the events go on after the text that was read with it.</param>
    public IAsyncEnumerable<ReplyEvent> FollowAsync(long replyId, string? cursor = null) =>
        new ReplyStream(_sender, _messages, post: null, replyId, cursor);

    /// <summary>Posts a message, and does not wait for the reply.</summary>
    public Task<PostedMessage> PostAsync(NewMessage message, CancellationToken cancellationToken = default) => _sender.SendAsync(
        ApiRequest.Post(_messages, message, ClientJson.Default.NewMessage).WithKey(GeminiChatSession.NewKey()), ClientJson.Default.PostedMessage, cancellationToken);

    public Task<Message> GetMessageAsync(long id, CancellationToken cancellationToken = default) =>
        _sender.SendAsync(new ApiRequest(HttpMethod.Get, $"{_messages}/{id}"), ClientJson.Default.Message, cancellationToken);

    /// <summary>Stops a reply, and returns what is kept of it.</summary>
    public Task<Message> StopAsync(long replyId, CancellationToken cancellationToken = default) => _sender.SendAsync(
        new ApiRequest(HttpMethod.Post, $"{_messages}/{replyId}/stop") { IsRepeatable = true }, ClientJson.Default.Message, cancellationToken);

    private ReplyStream Ask(string path, NewMessage message) => new(
        _sender, _messages, ApiRequest.Post($"{_messages}/{path}", message, ClientJson.Default.NewMessage).WithKey(GeminiChatSession.NewKey()));
}
