using System.Net;
using Microsoft.Data.Sqlite;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>A gateway that keeps rooms for 30 days.</summary>
public sealed class RetainingGateway : GatewayFixture
{
    protected override (string Name, string Value)[] Settings => [("CHAT_RETENTION_DAYS", "30")];

    /// <summary>Stops the gateway, and starts it again at a time at which the rooms have not been used for so long.</summary>
    internal async Task RestartLater(IReadOnlyCollection<string> rooms, TimeSpan unused)
    {
        await Gateway.Stop();
        var file = Assert.Single(Directory.GetFiles(Data, "*.db"), name => !name.Contains("grain", StringComparison.Ordinal));
        await using (var connection = new SqliteConnection($"Data Source={file};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = $"""
                update rooms set created_at = created_at - @by, updated_at = updated_at - @by
                where lower(room_id) in ('{string.Join("', '", rooms)}')
                """;
            command.Parameters.AddWithValue("@by", (long)unused.TotalMilliseconds);
            Assert.Equal(rooms.Count, await command.ExecuteNonQueryAsync());
        }

        Gateway.Launch();
    }
}

/// <summary>Rooms that nobody uses are deleted by the program itself.</summary>
public sealed class RoomExpiryTests(RetainingGateway fixture) : GatewayTests(fixture), IClassFixture<RetainingGateway>
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    [Fact]
    public async Task Rooms_without_use_are_deleted_and_all_others_stay()
    {
        var user = await ChatUser.SignIn(Gateway.Http);
        var (temporary, old, kept) = (await NewTemporaryRoom(user), await user.NewRoom(), await user.NewRoom());
        var fresh = await NewTemporaryRoom(user);
        foreach (var room in new[] { temporary, old, kept, fresh })
        {
            await user.Ask(room, $"hello {room}");
        }

        await fixture.RestartLater([temporary, kept], 25 * Day / 24);
        await Gateway.WaitUntilReady();
        await WaitUntilAbsent(user, temporary);
        await fixture.RestartLater([old], 30 * Day);
        await Gateway.WaitUntilReady();
        await WaitUntilAbsent(user, old);

        Assert.Equal(2, (await user.Get($"/chatroom/{kept}")).GetProperty("messages").GetArrayLength());
        Assert.Equal(2, (await user.Get($"/chatroom/{fresh}")).GetProperty("messages").GetArrayLength());
        Assert.Equal([kept], (await user.Get("/chatroom")).EnumerateArray().Select(room => room.GetProperty("id").GetString()));
        Assert.Equal(HttpStatusCode.NotFound, (await user.Send(HttpMethod.Post, $"/chatroom/{old}/message", new { content = "late" })).StatusCode);
    }

    private static async Task<string> NewTemporaryRoom(ChatUser user)
    {
        using var created = await user.Send(HttpMethod.Post, "/chatroom", new { temporary = true });
        return (await ChatUser.Json(created, HttpStatusCode.Created)).GetProperty("id").GetString()!;
    }

    private static async Task WaitUntilAbsent(ChatUser user, string room)
    {
        using var deadline = Deadline.Start();
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while ((await user.Send(HttpMethod.Get, $"/chatroom/{room}")).StatusCode is HttpStatusCode.OK)
        {
            await retry.WaitForNextTickAsync(deadline.Token);
        }

        await AssertAbsent(user, room);
    }

    private static async Task AssertAbsent(ChatUser user, string room)
    {
        Assert.Equal(HttpStatusCode.NotFound, (await user.Send(HttpMethod.Get, $"/chatroom/{room}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await user.Send(HttpMethod.Get, $"/chatroom/{room}/message/1")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await user.Send(HttpMethod.Delete, $"/chatroom/{room}")).StatusCode);
    }
}
