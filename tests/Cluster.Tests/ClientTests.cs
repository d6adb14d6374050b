using System.Runtime.Versioning;
using System.Text.Json;
using GeminiChat.Client;
using GeminiChat.Cluster.Tests.Servers;
using GeminiChat.Fakes;

namespace GeminiChat.Cluster.Tests;

/// <summary>
/// The clients that people use, with a cluster: they send at one gateway, go on and stop at another one, and lose a silo in the middle of an
/// answer.
/// </summary>
[Collection<MemberFaults>]
[UnsupportedOSPlatform("windows")]
public sealed class ClientTests(PartitionableClusterFixture fixture) : IAsyncLifetime
{
    /// <summary>The newest version of the AI SDK. <c>EndToEnd.Tests</c> runs all of them.</summary>
    private const string AiSdk = "7";

    private readonly string _question = $"why {TestNumber.Next()}?";
    private readonly ControlledReply _held = new();
    private readonly CancellationTokenSource _deadline = Deadline.Start();
    private RunningCluster _cluster = null!;

    private CancellationToken End => _deadline.Token;

    private GatewayProcess First => _cluster.Gateways[0];

    private GatewayProcess Second => _cluster.Gateways[1];

    public async ValueTask InitializeAsync()
    {
        _cluster = await fixture.GetHealthyCluster();

        // The test before may have left turns behind.
        _cluster.Gemini.ReplyAlways(Script.Words("ok"));
        _cluster.Gemini.Reset();
        await _cluster.Gemini.Calls.WaitUntilIdle();
        _cluster.Gemini.EnqueueRepliesTo(_question, _held.Script);
        _cluster.Gemini.ReplyAlways(Script.Words("a whole answer"));
    }

    public ValueTask DisposeAsync()
    {
        _deadline.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task The_TypeScript_client_follows_and_stops_at_one_gateway_what_it_sent_at_the_other()
    {
        using var script = await TypeScriptClient.Start(First.Address, "elsewhere", _question, ("OTHER_URL", Second.Address.ToString()));
        await _held.SendText("up to here");
        await script.ReadTo("token");

        await script.Tell("stop");

        await script.ReadTo("done");
        AssertEnd(await script.Read(), "stopped", "up to here");
        await script.WaitForExit();
    }

    [Fact]
    public async Task The_TypeScript_client_goes_on_by_itself_when_a_silo_is_killed()
    {
        using var script = await TypeScriptClient.Start(First.Address, "reply", _question);
        await script.Read();
        await script.ReadTo("accepted");
        await _held.SendText("half an ans");
        await script.ReadTo("token");

        await _cluster.KillSiloOfCall(_question);

        Assert.Single(await script.ReadTo("done"), "reset");
        AssertEnd(await script.Read(), "completed", "a whole answer");
        await script.WaitForExit();
    }

    [Fact]
    public async Task The_DotNet_client_follows_and_stops_at_one_gateway_what_it_sent_at_the_other_until_it_signs_out()
    {
        var first = await SignIn();
        var second = NewClient(Second, new GeminiChatSession(first.Session.Tokens));
        var room = (await first.CreateRoomAsync(cancellationToken: End)).Id;
        await using var sent = first.Room(room).SendAsync(_question).GetAsyncEnumerator(End);
        await Next<ReplyEvent.Accepted>(sent);
        await _held.SendText("up to here");
        await Next<ReplyEvent.Token>(sent);
        await using var followed = second.Room(room).FollowAsync(2).GetAsyncEnumerator(End);
        await Next<ReplyEvent.Accepted>(followed);
        Assert.Equal("up to here", (await Next<ReplyEvent.Token>(followed)).Text);

        var stopped = await second.Room(room).StopAsync(2, End);

        Assert.Equal(("stopped", "up to here"), (stopped.Status, stopped.Content));
        Assert.Equal(stopped.Content, (await Next<ReplyEvent.Done>(followed)).Message.Content);
        Assert.Equal(stopped.Content, (await Next<ReplyEvent.Done>(sent)).Message.Content);

        var running = new ControlledReply();
        _cluster.Gemini.EnqueueRepliesTo("and now?", running.Script);
        await using var last = second.Room(room).SendAsync("and now?").GetAsyncEnumerator(End);
        await Next<ReplyEvent.Accepted>(last);
        await first.LogoutAsync(everywhere: true, End);
        var refused = await Assert.ThrowsAnyAsync<GeminiChatException>(async () => await last.MoveNextAsync());
        Assert.Equal(401, refused.Status);
        await running.Finish();
    }

    [Fact]
    public async Task The_DotNet_client_goes_on_by_itself_when_a_silo_is_killed()
    {
        var client = await SignIn();
        var room = client.Room((await client.CreateRoomAsync(cancellationToken: End)).Id);
        await using var events = room.SendAsync(_question).GetAsyncEnumerator(End);
        await Next<ReplyEvent.Accepted>(events);
        await _held.SendText("half an ans");
        await Next<ReplyEvent.Token>(events);

        await _cluster.KillSiloOfCall(_question);

        List<ReplyEvent> rest = [];
        while (await events.MoveNextAsync())
        {
            rest.Add(events.Current);
        }

        Assert.Equal("a whole answer", Assert.IsType<ReplyEvent.Done>(rest[^1]).Message.Content);
        Assert.Equal(2, (await room.GetAsync(cancellationToken: End)).Messages.Count);
    }

    [Theory]
    [InlineData("resume")]
    [InlineData("stop")]
    public async Task The_AI_SDK_resumes_and_stops_at_one_gateway_what_it_sent_at_the_other(string story)
    {
        using var script = await StartAiSdk(story);
        await _held.SendText("one");
        if (story == "resume")
        {
            await script.Read();
            await _held.SendText(" two");
            await _held.Finish();
        }

        var end = await script.Read();

        AssertShown(end, story == "resume" ? "completed" : "stopped", story == "resume" ? "one two" : "one");
    }

    [Fact]
    public async Task The_AI_SDK_resumes_at_the_other_gateway_when_a_silo_is_killed()
    {
        var next = new ControlledReply();
        _cluster.Gemini.EnqueueRepliesTo(_question, next.Script);
        using var script = await StartAiSdk("broken");
        await _held.SendText("one");
        await script.Read();

        await _cluster.KillSiloOfCall(_question);

        Assert.Equal("error", (await script.Read()).GetProperty("status").GetString());
        await next.SendText("one two");
        await script.Tell("go");
        await script.Read();
        await next.Finish();
        AssertShown(await script.Read(), "completed", "one two");
    }

    private static void AssertEnd(JsonElement line, string status, string text) =>
        Assert.Equal((status, text, text), (line.GetProperty("end").Status(), line.GetProperty("end").Content(), line.GetProperty("text").GetString()));

    /// <summary>One question and one answer are stored, and the answer is shown as it is stored.</summary>
    private static void AssertShown(JsonElement end, string status, string text)
    {
        Assert.Equal(2, end.GetProperty("stored").GetArrayLength());
        foreach (var messages in new[] { end.GetProperty("messages"), end.GetProperty("stored") })
        {
            Assert.Equal(status, messages[1].GetProperty("metadata").GetProperty("status").GetString());
            Assert.Equal(text, string.Concat(messages[1].GetProperty("parts").EnumerateArray()
                .Where(part => part.GetProperty("type").GetString() == "text").Select(part => part.GetProperty("text").GetString())));
        }
    }

    private async Task<NodeScript> StartAiSdk(string story)
    {
        var user = await ChatUser.SignIn(First.Http);
        return await AiSdkScript.Start(
            AiSdk, story, First.Address, ("OTHER", Second.Address.ToString().TrimEnd('/')), ("TOKEN", user.Token), ("QUESTION", _question));
    }

    private static async Task<T> Next<T>(IAsyncEnumerator<ReplyEvent> events)
        where T : ReplyEvent
    {
        Assert.True(await events.MoveNextAsync());
        return Assert.IsType<T>(events.Current);
    }

    private static GeminiChatClient NewClient(GatewayProcess gateway, GeminiChatSession session) =>
        new(new HttpClient { BaseAddress = gateway.Address, Timeout = Timeout.InfiniteTimeSpan }, session);

    /// <summary>A client of a new user, at the first gateway.</summary>
    private async Task<GeminiChatClient> SignIn()
    {
        var client = NewClient(First, new GeminiChatSession());
        var number = TestNumber.Next();
        var sent = await client.SendOtpAsync(number, End);
        await client.VerifyOtpAsync(number, sent.Otp!, sent.RequestId, End);
        return client;
    }
}
