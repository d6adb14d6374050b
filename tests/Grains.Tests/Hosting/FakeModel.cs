using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Model;
using Microsoft.Extensions.AI;

namespace GeminiChat.Grains.Tests.Hosting;

/// <summary>A model whose every word is the test's.</summary>
public sealed class FakeModel : IChatClient
{
    private readonly Channel<FakeModelCall> _calls = Channel.CreateUnbounded<FakeModelCall>();
    private readonly ConcurrentQueue<FakeModelCall> _all = new();

    /// <summary>When set, answers every call at once with this.</summary>
    public Func<FakeModelCall, string>? Answer { get; set; }

    public IReadOnlyCollection<FakeModelCall> Calls => _all;

    /// <summary>Awaits the next call.</summary>
    public async Task<FakeModelCall> NextCall() =>
        await _calls.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Deadline.Timeout);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var call = new FakeModelCall([.. messages], options);
        _all.Enqueue(call);
        try
        {
            if (Answer is { } answer)
            {
                call.SendText(answer(call));
                call.Finish();
            }

            await _calls.Writer.WriteAsync(call, cancellationToken);
            await foreach (var update in call.Updates.ReadAllAsync(cancellationToken))
            {
                yield return update;
            }
        }
        finally
        {
            call.Close();
        }
    }

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}

/// <summary>One call of the model.</summary>
public sealed class FakeModelCall(IReadOnlyList<ChatMessage> messages, ChatOptions? options)
{
    private readonly Channel<ChatResponseUpdate> _updates = Channel.CreateUnbounded<ChatResponseUpdate>();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ChatOptions? Options => options;

    public IReadOnlyList<ChatMessage> Messages => messages;

    /// <summary>What the model was told, a line a message.</summary>
    public IReadOnlyList<string> Context { get; } = [.. messages.Select(message => $"{message.Role.Value} {message.Text}")];

    public string Question => messages[^1].Text;

    /// <summary>Completes when the caller has left, with or without the answer's end.</summary>
    public Task Closed => _closed.Task;

    internal ChannelReader<ChatResponseUpdate> Updates => _updates.Reader;

    public void SendText(string text) => _updates.Writer.TryWrite(new ChatResponseUpdate(ChatRole.Assistant, text));

    public void SendThought(string text) =>
        _updates.Writer.TryWrite(new ChatResponseUpdate(ChatRole.Assistant, [new TextReasoningContent(text)]));

    public void Finish(ChatFinishReason? reason = null)
    {
        var last = new ChatResponseUpdate
        {
            FinishReason = reason ?? ChatFinishReason.Stop,
            ModelId = "fake-1",
            Contents = [new UsageContent(new UsageDetails { InputTokenCount = 3, OutputTokenCount = 5 })],
        };
        _updates.Writer.TryWrite(last);
        _updates.Writer.TryComplete();
    }

    public void Answer(string text)
    {
        SendText(text);
        Finish();
    }

    /// <summary>Answers with a text whose second word is based on a web page.</summary>
    public void AnswerGrounded(string text, int queries)
    {
        SendGrounded(text, queries);
        Finish();
    }

    /// <summary>Sends the second word's source with such a text, and does not finish.</summary>
    public void SendGrounded(string text, int queries)
    {
        var start = text.IndexOf(' ', StringComparison.Ordinal) + 1;
        var end = text.IndexOf(' ', start);
        var support = new GroundingSupport(start, end, text[start..end], [0]);
        var grounding = new GroundingContent([new WebSource("https://a.example/", "A")], [support], "<b>suggestions</b>", queries);
        _updates.Writer.TryWrite(new ChatResponseUpdate(ChatRole.Assistant, [grounding, new TextContent(text)]));
    }

    public void SendSearches(int queries) =>
        _updates.Writer.TryWrite(new ChatResponseUpdate { Contents = [new GroundingContent([], [], searchSuggestions: null, queries)] });

    public void Fail(ModelFault fault, TimeSpan? retryAfter = null) =>
        _updates.Writer.TryComplete(new ModelException(fault, "as the test wishes", retryAfter));

    internal void Close() => _closed.TrySetResult();
}
