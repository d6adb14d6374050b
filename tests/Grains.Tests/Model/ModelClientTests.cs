using System.Diagnostics;
using System.Runtime.CompilerServices;
using GeminiChat.Grains.Model;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace GeminiChat.Grains.Tests.Model;

public sealed class ModelClientTests
{
    [Fact]
    public async Task Updates_that_arrive_after_a_stop_are_not_read()
    {
        var options = Options.Create(new ModelOptions());
        using var gate = new ModelCircuitBreaker(options, TimeProvider.System);
        using var stop = new CancellationTokenSource();
        using var model = new CancellationIgnoringModel();
        var caller = new ModelClient(model, gate, options, TimeProvider.System, NullLogger<ModelClient>.Instance);
        var reader = new StoppingReader(stop);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => caller.StreamResponse(
            Why(model: null), reader, TestContext.Current.CancellationToken, stop.Token));

        Assert.Equal("one", reader.Text);
    }

    [Theory]
    [InlineData("canceled", ActivityStatusCode.Unset)]
    [InlineData("_OTHER", ActivityStatusCode.Error)]
    public async Task The_span_of_a_cancelled_call_differs_from_that_of_a_failed_call(string error, ActivityStatusCode status)
    {
        var spans = new List<Activity>();
        var isStopped = error == "canceled";
        var name = $"a model that is {error}";
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Instruments.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                if (span.OperationName == $"chat {name}")
                {
                    spans.Add(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        var options = Options.Create(new ModelOptions());
        using var gate = new ModelCircuitBreaker(options, TimeProvider.System);
        using var stop = new CancellationTokenSource();
        using var model = new CancellationIgnoringModel();
        var caller = new ModelClient(model, gate, options, TimeProvider.System, NullLogger<ModelClient>.Instance);
        IModelResponseHandler reader = isStopped ? new StoppingReader(stop) : new BrokenReader();

        // The bug ends what it waits for, as a stop does.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => caller.StreamResponse(
            Why(name),
            reader,
            TestContext.Current.CancellationToken,
            stop.Token));

        var call = Assert.Single(spans);
        Assert.Equal((error, status), (call.GetTagItem("error.type"), call.Status));
    }

    private static ModelPrompt Why(string? model) =>
        new([], new ChatMessage(ChatRole.User, "why"), new ChatOptions { ModelId = model });

    /// <summary>Fails in a way that looks like a stop.</summary>
    private sealed class BrokenReader : IModelResponseHandler
    {
        public bool HasText => false;

        public bool IsEmpty => true;

        public void OnCallStarting()
        {
        }

        public void OnRetrying()
        {
        }

        public bool Read(ChatResponseUpdate update) => throw new TaskCanceledException();
    }

    /// <summary>Reads a word and then wants no more.</summary>
    private sealed class StoppingReader(CancellationTokenSource stop) : IModelResponseHandler
    {
        public string Text { get; private set; } = "";

        public bool HasText => Text.Length > 0;

        public bool IsEmpty => !HasText;

        public void OnCallStarting()
        {
        }

        public void OnRetrying()
        {
        }

        public bool Read(ChatResponseUpdate update)
        {
            Text += update.Text;
            stop.Cancel();
            return true;
        }
    }

    /// <summary>Says what it has to say, whoever listens.</summary>
    private sealed class CancellationIgnoringModel : IChatClient
    {
        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages,
            ChatOptions? options = null,
            [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            yield return new ChatResponseUpdate(ChatRole.Assistant, "one");
            await Task.Yield();
            yield return new ChatResponseUpdate(ChatRole.Assistant, "two");
        }

        public Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
