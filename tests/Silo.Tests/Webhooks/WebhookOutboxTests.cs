using System.Text.Json;
using Dapper;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Chatrooms;
using GeminiChat.Grains.Users;
using GeminiChat.Silo.Store;
using GeminiChat.Silo.Store.Writing;
using GeminiChat.Silo.Tests.Store;
using GeminiChat.Silo.Webhooks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace GeminiChat.Silo.Tests.Webhooks;

public sealed class WebhookOutboxOnSqliteTests(SqliteTestDatabase database) : WebhookOutboxTests(database), IClassFixture<SqliteTestDatabase>;

public sealed class WebhookOutboxOnPostgresTests(PostgresTestDatabase database) : WebhookOutboxTests(database), IClassFixture<PostgresTestDatabase>;

/// <summary>Which events are stored with which writes.</summary>
public abstract class WebhookOutboxTests(TestDatabase database) : IAsyncLifetime
{
    private static readonly MessageFeedback Good = new(IsPositive: true, Comment: "a secret of the user's");

    private StoreHost _host = null!;

    private IRoomStore Rooms => _host.Rooms;

    private IUserStore Users => _host.Users;

    public async ValueTask InitializeAsync()
    {
        database.SkipUnlessAvailable();
        _host = await Start(receivers: 2);
        await database.Execute("delete from webhook_deliveries");
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
    }

    [Fact]
    public async Task The_end_of_a_reply_is_stored_with_its_ids_and_status_only()
    {
        var room = await Rooms.CreateRoomWithTurns(1);

        await Finish(room, 2, MessageStatus.Incomplete);

        Assert.Equal(
            $$$$"""{"type":"reply.finished","timestamp":"2026-11-22T12:00:00.123Z","data":{"user_id":"{{{{room.UserId}}}}","room_id":"{{{{room.RoomId}}}}","reply":{"id":2,"reply_to":1,"status":"incomplete"}}}""",
            Assert.Single(await Events()));
    }

    [Fact]
    public async Task Each_receiver_has_a_row_with_the_id_of_the_event()
    {
        var room = await Rooms.CreateRoomWithTurns(1);

        await Finish(room, 2);

        await using var connection = await database.Open();
        var rows = (await connection.QueryAsync<(int Endpoint, string Event, string Key)>(
            "select endpoint, cast(event_id as text), cast(ordering_key as text) from webhook_deliveries order by seq")).ToList();
        Assert.Equal([1, 2], rows.Select(row => row.Endpoint));
        Assert.Single(rows.Select(row => row.Event).Distinct());
        Assert.All(rows, row => Assert.Equal(room.RoomId, Guid.Parse(row.Key)));
    }

    [Fact]
    public async Task Feedback_and_the_deletion_of_a_room_are_stored_in_their_order()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        await Finish(room, 2);
        Assert.True(await Rooms.SetFeedback(room, 2, Good));
        await database.Execute("update webhook_deliveries set attempts = 1");
        Assert.True(await Rooms.SetFeedback(room, 2, feedback: null));
        Assert.True(await Rooms.Delete(room, SampleData.Noon));

        var events = (await Events()).Select(text => JsonElement.Parse(text)).ToList();

        Assert.Equal(
            ["reply.finished", "feedback.given", "feedback.given", "room.deleted"],
            events.Select(one => one.GetProperty("type").GetString()));
        Assert.All(events, one => Assert.Equal(room.RoomId, one.GetProperty("data").GetProperty("room_id").GetGuid()));
        Assert.Equal("""{"id":2,"reply_to":1,"status":"completed"}""", events[1].GetProperty("data").GetProperty("reply").GetRawText());
        Assert.False(events[3].GetProperty("data").TryGetProperty("reply", out _));
    }

    [Fact]
    public async Task Feedback_that_changes_before_it_was_sent_is_one_event_for_each_reply()
    {
        var room = await Rooms.CreateRoomWithTurns(2);
        await Finish(room, 2);
        await Finish(room, 4);
        for (var i = 0; i < 5; i++)
        {
            Assert.True(await Rooms.SetFeedback(room, 2, Good));
            Assert.True(await Rooms.SetFeedback(room, 4, i % 2 == 0 ? Good : null));
        }

        Assert.Equal(["reply.finished", "reply.finished", "feedback.given", "feedback.given"], (await Events()).Select(TypeOf));
    }

    [Fact]
    public async Task A_user_is_told_of_by_id_alone_and_the_end_survives_the_erasure()
    {
        var user = await CreateUser();
        Assert.True(await Users.SetTier(user.Id, new TierGrant(Tier.Pro, ValidUntil: null, Version: 1)));
        await Users.Delete(user.Id, SampleData.Noon);
        Assert.True(await Users.Erase(user.Id));

        var events = await Events();

        Assert.Equal(["user.created", "subscription.changed", "user.deleted"], events.Select(TypeOf));
        Assert.All(events, text => Assert.Equal($$"""{"user_id":"{{user.Id}}"}""", JsonElement.Parse(text).GetProperty("data").GetRawText()));
    }

    [Fact]
    public async Task A_write_that_changes_nothing_stores_no_event()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        var user = await CreateUser();
        await Users.SetTier(user.Id, new TierGrant(Tier.Pro, ValidUntil: null, Version: 2));
        await Finish(room, 2);
        var before = await Count();

        Assert.False(await Rooms.Finish(new ReplyFence(room, 2, 1), End(2), SampleData.Summary(room, version: 4, minutes: 1)));
        Assert.False(await Rooms.SetFeedback(room, 4, Good));
        Assert.False(await Rooms.SetFeedback(room with { UserId = Guid.CreateVersion7() }, 2, Good));
        Assert.False(await Rooms.Delete(SampleData.Key(), SampleData.Noon));
        Assert.False(await Rooms.Delete(room, SampleData.Noon, unusedSince: SampleData.Noon));
        Assert.True(await Users.Create(user with { CreatedAt = SampleData.Noon.AddDays(1) }, Phone()));
        Assert.True(await Users.Save(user with { Name = "Grace" }));
        Assert.False(await Users.SetTier(user.Id, new TierGrant(Tier.Basic, ValidUntil: null, Version: 1)));
        Assert.Equal(before, await Count());

        Assert.True(await Rooms.Delete(room, SampleData.Noon));
        await Users.Delete(user.Id, SampleData.Noon);
        before = await Count();
        Assert.False(await Rooms.Delete(room, SampleData.Noon.AddMinutes(1)));
        await Users.Delete(user.Id, SampleData.Noon.AddMinutes(1));
        Assert.False(await Users.Create(user, Phone()));
        Assert.Equal(before, await Count());
    }

    [Fact]
    public async Task A_write_that_the_database_refuses_leaves_no_event()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        var duplicate = new Statement("insert into rooms select * from rooms where room_id = @room", [("room", room.RoomId)]);
        var write = new WriteOperation(
            WrittenTable.Rooms, room.RoomId, room.UserId, [.. FinishWith(_host.Service<WebhookOutbox>(), room).Statements, duplicate]);

        await Assert.ThrowsAsync<StoreRejectedException>(() => _host.Service<GroupCommit>().Write(write));

        Assert.Equal(0, await Count());
    }

    [Fact]
    public async Task A_reply_costs_one_statement_for_all_receivers_and_none_without_receivers()
    {
        var room = await Rooms.CreateRoomWithTurns(1);
        var without = FinishWith(new WebhookOutbox(Options.Create(new WebhookDeliveryOptions()), TimeProvider.System), room);

        Assert.Equal(without.Statements.Length + 1, FinishWith(_host.Service<WebhookOutbox>(), room).Statements.Length);
        Assert.True(await _host.Service<GroupCommit>().Write(without));
        Assert.Equal(0, await Count());
    }

    private WriteOperation FinishWith(WebhookOutbox webhooks, RoomKey room) => new RoomWrites(_host.Database, webhooks, TimeProvider.System)
        .Finish(new ReplyFence(room, 2, 1), End(2), SampleData.Summary(room, version: 5), Refund.None, title: null);

    private Task<StoreHost> Start(int receivers) => StoreHost.Start(
        database.Url,
        configure: builder => builder.Configuration.AddInMemoryCollection(Enumerable.Range(1, receivers).SelectMany(number => new KeyValuePair<string, string?>[]
        {
            new($"WEBHOOK_URL{Suffix(number)}", "http://127.0.0.1:1/"),
            new($"WEBHOOK_SECRET{Suffix(number)}", FakeWebhookReceiver.Secret),
        })));

    private static string Suffix(int number) => number == 1 ? "" : $"_{number}";

    private async Task Finish(RoomKey room, long reply, MessageStatus status = MessageStatus.Completed) => Assert.True(
        await Rooms.Finish(new ReplyFence(room, reply, 1), End(reply) with { Status = status }, SampleData.Summary(room, version: 3)));

    private static RoomMessage End(long reply) =>
        SampleData.Turn(reply - 1).Reply with { Content = "A secret answer", Status = MessageStatus.Completed };

    private async Task<UserProfile> CreateUser()
    {
        var user = new UserProfile(Guid.CreateVersion7(), "Ada", "+14155550100", SampleData.Noon);
        Assert.True(await Users.Create(user, Phone()));
        return user;
    }

    private static string Phone() => PhoneKey.Of("secret"u8, "+14155550100").ToString();

    private Task<long> Count() => database.Count("select count(*) from webhook_deliveries");

    private static string TypeOf(string text) => JsonElement.Parse(text).GetProperty("type").GetString()!;

    private async Task<List<string>> Events()
    {
        await using var connection = await database.Open();
        return [.. await connection.QueryAsync<string>("select payload from webhook_deliveries where endpoint = 1 order by seq")];
    }
}
