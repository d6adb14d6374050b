using System.Net;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Running;
using GeminiChat.Silo.Maintenance;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace GeminiChat.Gateway.Tests.Chatrooms;

/// <summary>Temporary rooms a day later, at a gateway with a silo of its own.</summary>
public sealed class RoomExpiryTests : IAsyncLifetime
{
    private static readonly int Rooms = TestLength.Of(150, 500);

    private GatewayFixture _gateway = null!;
    private ApiUser _user = null!;

    public async ValueTask InitializeAsync()
    {
        _gateway = await GatewayFixture.StartWithSiloAsync(["--BASIC_DAILY_MESSAGES=0"]);
        _user = await _gateway.NewUser().SignIn();
    }

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task A_post_that_races_with_the_deletion_is_answered_or_finds_no_room()
    {
        var rooms = await Task.WhenAll(Enumerable.Range(0, Rooms).Select(_ => NewTemporaryRoom()));
        _gateway.Time.Advance(TimeSpan.FromHours(24));

        // The pass begins with the oldest room, and the posts with the newest one.
        var posts = new HttpResponseMessage[Rooms];
        var firstAnswer = new TaskCompletionSource();
        var posting = Parallel.ForEachAsync(Enumerable.Range(1, Rooms), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (fromEnd, _) =>
        {
            posts[^fromEnd] = await _user.Send(HttpMethod.Post, $"/chatroom/{rooms[^fromEnd]}/message", """{"content":"in time?"}""");
            firstAnswer.TrySetResult();
        });
        await Task.WhenAny(firstAnswer.Task, posting);
        await Pass();
        await posting;
        foreach (var (room, post) in rooms.Zip(posts))
        {
            var reply = $"/chatroom/{room}/message/2";
            if (post.StatusCode is HttpStatusCode.Accepted)
            {
                await WaitUntilCompleted(reply);
            }
            else
            {
                await post.ReadProblemAsync(HttpStatusCode.NotFound);
                await (await _user.Send(HttpMethod.Get, reply)).ReadProblemAsync(HttpStatusCode.NotFound);
            }
        }
    }

    [Fact]
    public async Task A_deleted_room_is_as_absent_as_one_that_its_user_deleted()
    {
        var room = await NewTemporaryRoom("key");
        _gateway.Time.Advance(TimeSpan.FromHours(24));
        await Pass();
        foreach (var path in new[] { "", "/message/1", "/export" })
        {
            await (await _user.Send(HttpMethod.Get, $"/chatroom/{room}{path}")).ReadProblemAsync(HttpStatusCode.NotFound);
        }

        await (await _user.Send(HttpMethod.Patch, $"/chatroom/{room}", """{"name":"back"}""")).ReadProblemAsync(HttpStatusCode.NotFound);
        Assert.Equal(HttpStatusCode.NoContent, (await _user.Send(HttpMethod.Delete, $"/chatroom/{room}")).StatusCode);
        await (await _user.Client.PostJsonAsync("/chatroom", """{"temporary":true}""", "key")).ReadProblemAsync(HttpStatusCode.Gone);
    }

    private Task Pass() => _gateway.Services.GetServices<IHostedService>().OfType<RoomExpiry>().Single()
        .DeleteTemporary(TestContext.Current.CancellationToken);

    // Without a stream, which ends at once: by the clock of the test, the access token has expired.
    private async Task WaitUntilCompleted(string reply)
    {
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var deadline = Deadline.Start();
        while ((await (await _user.Send(HttpMethod.Get, reply)).ReadJsonAsync()).Text("status") is not "completed")
        {
            await retry.WaitForNextTickAsync(deadline.Token);
        }
    }

    private async Task<string> NewTemporaryRoom(string? key = null)
    {
        var created = await _user.Client.PostJsonAsync("/chatroom", """{"temporary":true}""", key);
        return (await created.ReadJsonAsync()).Text("id");
    }
}
