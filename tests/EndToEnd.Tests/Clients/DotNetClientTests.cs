using System.Runtime.Versioning;
using GeminiChat.Client;
using GeminiChat.Fakes;
using Microsoft.Extensions.DependencyInjection;

namespace GeminiChat.EndToEnd.Tests.Clients;

/// <summary>The .NET client with a running gateway.</summary>
[Collection<SharedGateway>]
[UnsupportedOSPlatform("windows")]
public sealed class DotNetClientTests(GatewayFixture fixture) : GatewayTests(fixture)
{
    private readonly CancellationTokenSource _deadline = Deadline.Start();

    private CancellationToken End => _deadline.Token;

    public override ValueTask DisposeAsync()
    {
        _deadline.Dispose();
        return base.DisposeAsync();
    }

    [Fact]
    public async Task A_program_signs_in_and_uses_all_that_a_room_has()
    {
        Gemini.ReplyWith(request => Script.Words($"re {request.LastText}"));
        await using var services = BuildServices();
        await using var scope = services.CreateAsyncScope();
        var client = await SignIn(scope.ServiceProvider.GetRequiredService<GeminiChatClient>());
        var room = client.Room((await client.CreateRoomAsync(new NewRoom("Sky"), End)).Id);
        var file = await client.UploadAsync(() => new MemoryStream("a text"u8.ToArray()), "notes.txt", End);

        var first = await room.SendAsync(new NewMessage("one", Attachments: [file.Id])).ReadToEndAsync(End);
        var edited = await room.EditAsync(1, "two").ReadToEndAsync(End);
        var again = await room.RegenerateAsync(edited.Id).ReadToEndAsync(End);
        var posted = await room.PostAsync("three", End);
        var followed = await room.FollowAsync(posted.Reply.Id, posted.Reply.Cursor).ReadToEndAsync(End);
        string[] texts = ["re File notes.txt:\n\na text\n\none", "re two", "re two", "re three"];
        Assert.Equal(texts, new[] { first, edited, again, followed }.Select(message => message.Content));
        Assert.Equal("notes.txt", Assert.Single((await room.GetMessageAsync(1, End)).Attachments!).Name);

        await room.UpdateAsync(new RoomChange("Blue sky", Pinned: true), End);
        await client.CreateRoomAsync(cancellationToken: End);
        var page = await client.ListRoomsAsync(limit: 1, cancellationToken: End);
        Assert.Equal(("Blue sky", true), (page.Rooms[0].Name, page.Rooms[0].Pinned));
        Assert.Null((await client.ListRoomsAsync(limit: 1, page.Next, cancellationToken: End)).Next);
        Assert.Equal(again.Id, (await room.GetAsync(limit: 3, cancellationToken: End)).Messages[0].Id);

        await room.DeleteAsync(End);
        Assert.Equal(404, (await Assert.ThrowsAsync<GeminiChatException>(() => room.GetAsync(cancellationToken: End))).Status);
        await client.LogoutAsync(cancellationToken: End);
        Assert.Null(client.Session.Tokens);
        await client.LogoutAsync(cancellationToken: End);
        Assert.Equal(401, (await Assert.ThrowsAsync<GeminiChatException>(() => client.GetMeAsync(End))).Status);
    }

    [Fact]
    public async Task Twenty_calls_share_one_exchange_of_the_refresh_token_and_a_lost_answer_does_not_end_the_session()
    {
        using var network = new LossyHandler();
        var signedIn = await NewClient(network);
        List<GeminiChatTokens?> stored = [];
        var session = new GeminiChatSession(signedIn.Session.Tokens! with { AccessToken = "expired", RefreshKey = null, ExpiresAt = null })
        {
            OnTokens = tokens =>
            {
                stored.Add(tokens);
                return Task.CompletedTask;
            },
        };
        var client = NewClient(network, session);

        network.LoseNextAnswer("/auth/refresh");
        var users = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.GetMeAsync(End)));

        Assert.Single(users.Select(user => user.Id).Distinct());
        Assert.Equal(2, network.Requests("/auth/refresh"));
        Assert.NotNull(stored[0]!.RefreshKey);
        var later = NewClient(network, new GeminiChatSession(stored[^1]! with { AccessToken = "expired" }));
        Assert.Equal(users[0].Id, (await later.GetMeAsync(End)).Id);
    }

    [Fact]
    public async Task A_reply_goes_on_after_kill_9_in_the_midst_of_it()
    {
        var hold = new ControlledReply();
        Gemini.EnqueueReplies(hold.Script);
        var room = await NewClientRoom();
        await using var events = room.SendAsync("why?").GetAsyncEnumerator(End);
        Assert.IsType<ReplyEvent.Accepted>(await Next(events));
        await hold.SendText("half an ans");
        Assert.IsType<ReplyEvent.Token>(await Next(events));

        await Gateway.Kill();
        Gemini.ReplyAlways(Script.Words("a whole answer"));
        await Gateway.Restart();

        List<ReplyEvent> rest = [];
        while (await events.MoveNextAsync())
        {
            rest.Add(events.Current);
        }

        Assert.Single(rest, item => item is ReplyEvent.Reset);
        Assert.Equal("a whole answer", string.Concat(rest.OfType<ReplyEvent.Token>().Select(token => token.Text)));
        Assert.Equal("a whole answer", Assert.IsType<ReplyEvent.Done>(rest[^1]).Message.Content);
        Assert.Equal(2, (await room.GetAsync(cancellationToken: End)).Messages.Count);
    }

    [Fact]
    public async Task A_reply_goes_on_in_the_next_process_after_an_orderly_stop()
    {
        var hold = new ControlledReply();
        Gemini.EnqueueReplies(hold.Script);
        var room = await NewClientRoom();
        await using var events = room.SendAsync("why?").GetAsyncEnumerator(End);
        Assert.IsType<ReplyEvent.Accepted>(await Next(events));
        await hold.SendText("so far");
        Assert.Equal(new ReplyEvent.Token("so far"), await Next(events));
        var next = Next(events);

        Gateway.Terminate();
        await hold.SendText(" and on");
        await hold.Finish();
        await Gateway.Restart();

        Assert.Equal(new ReplyEvent.Token(" and on"), await next);
        Assert.Equal("so far and on", Assert.IsType<ReplyEvent.Done>(await Next(events)).Message.Content);
    }

    [Fact]
    public async Task A_post_whose_answer_is_lost_is_repeated_without_a_second_message()
    {
        using var network = new LossyHandler();
        var client = await NewClient(network);
        var room = client.Room((await client.CreateRoomAsync(cancellationToken: End)).Id);
        network.LoseNextAnswer("/stream");
        var events = room.SendAsync("why?");
        Assert.Equal("ok", (await events.ReadToEndAsync(End)).Content);

        // To read the events once more does not post once more.
        Assert.Equal("ok", (await events.ReadToEndAsync(End)).Content);
        Assert.Equal(2, (await room.GetAsync(cancellationToken: End)).Messages.Count);
    }

    [Fact]
    public async Task A_failed_reply_is_an_exception_with_its_reason()
    {
        Gemini.EnqueueReplies(Script.InvalidKey());
        var room = await NewClientRoom();
        var failure = await Assert.ThrowsAsync<ReplyFailedException>(() => room.SendAsync("why?").ReadToEndAsync(End));
        Assert.Equal(("model_config", 502, false), (failure.Reason, failure.Status, failure.IsRetryable));
    }

    [Fact]
    public async Task A_stopped_reply_keeps_its_text_and_a_running_one_is_followed_from_its_cursor()
    {
        var hold = new ControlledReply();
        Gemini.EnqueueReplies(hold.Script);
        var room = await NewClientRoom();
        await using var events = room.SendAsync("why?").GetAsyncEnumerator(End);
        await Next(events);
        await hold.SendText("up to");
        await Next(events);
        var read = await room.GetMessageAsync(2, End);
        Assert.Equal(("generating", "up to"), (read.Status, read.Content));
        await using var follower = room.FollowAsync(2, read.Cursor).GetAsyncEnumerator(End);
        var next = Next(follower);
        await hold.SendText(" here");
        Assert.Equal(new ReplyEvent.Token(" here"), await next);
        Assert.Equal(new ReplyEvent.Token(" here"), await Next(events));

        var stopped = await room.StopAsync(2, End);
        Assert.Equal(("stopped", "up to here"), (stopped.Status, stopped.Content));
        Assert.Equal(stopped.Content, Assert.IsType<ReplyEvent.Done>(await Next(events)).Message.Content);
        Assert.False(await events.MoveNextAsync());
    }

    [Fact]
    public async Task A_canceled_reader_leaves_at_once()
    {
        Gemini.EnqueueReplies(new ControlledReply().Script);
        var room = await NewClientRoom();
        using var leave = new CancellationTokenSource();
        await using var events = room.SendAsync("why?").GetAsyncEnumerator(leave.Token);
        await Next(events);
        var next = events.MoveNextAsync();
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
        await room.StopAsync(2, End);
    }

    private ServiceProvider BuildServices()
    {
        var services = new ServiceCollection();
        services.AddGeminiChatClient(options => options.BaseAddress = Gateway.Address);
        return services.BuildServiceProvider();
    }

    private static async Task<ReplyEvent> Next(IAsyncEnumerator<ReplyEvent> events)
    {
        Assert.True(await events.MoveNextAsync());
        return events.Current;
    }

    private async Task<GeminiChatRoom> NewClientRoom()
    {
        var client = await NewClient();
        return client.Room((await client.CreateRoomAsync(cancellationToken: End)).Id);
    }

    /// <summary>A client of a new user.</summary>
    private Task<GeminiChatClient> NewClient(HttpMessageHandler? network = null) => SignIn(NewClient(network, new GeminiChatSession()));

    private GeminiChatClient NewClient(HttpMessageHandler? network, GeminiChatSession session) =>
        new(new HttpClient(network ?? new SocketsHttpHandler()) { BaseAddress = Gateway.Address, Timeout = Timeout.InfiniteTimeSpan }, session);

    private async Task<GeminiChatClient> SignIn(GeminiChatClient client)
    {
        var number = TestNumber.Next();
        var sent = await client.SendOtpAsync(number, End);
        await client.VerifyOtpAsync(number, sent.Otp!, sent.RequestId, End);
        Assert.Equal(number, (await client.GetMeAsync(End)).MobileNumber);
        return client;
    }
}
