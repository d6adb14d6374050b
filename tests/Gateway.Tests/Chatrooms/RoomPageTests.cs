using System.Text.Json;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Gateway.Web;
using GeminiChat.GrainInterfaces.Chatrooms;

namespace GeminiChat.Gateway.Tests.Chatrooms;

/// <summary>How large a page of a room may be.</summary>
public sealed class RoomPageTests(GatewayFixture gateway) : IAsyncLifetime
{
    private ApiUser _user = null!;

    private RoomDriver Room => _user.Room;

    public async ValueTask InitializeAsync() => _user = await gateway.NewUserWithRoom();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("")]
    [InlineData("?render=html")]
    public async Task A_page_has_at_most_a_megabyte_and_links_to_the_rest(string query)
    {
        await Room.Store([.. Enumerable.Range(0, 50).Select(i =>
            (new string('q', SizeLimits.MaxContentLength), $"{i} {new string('a', 30_000)}"))]);

        var seen = new List<int>();
        var pages = 0;
        for (var next = $"{_user.RoomPath}{query}"; next is not null; pages++)
        {
            var answer = await _user.Client.GetAsync(next);
            var bytes = await answer.Content.ReadAsByteArrayAsync();
            Assert.InRange(bytes.Length, 1, SizeLimits.MaxPageBytes);
            var messages = JsonDocument.Parse(bytes).RootElement.GetProperty("messages").EnumerateArray().ToList();
            seen.InsertRange(0, messages.Select(message => message.GetProperty("id").GetInt32()));
            Assert.Equal(query.Length > 0, messages.Exists(message => message.TryGetProperty("content_html", out _)));
            next = NextOf(answer);
        }

        Assert.Equal(Enumerable.Range(1, 100), seen);
        Assert.InRange(pages, 3, 10);
    }

    [Fact]
    public async Task A_message_larger_than_a_page_is_returned_alone()
    {
        await Room.Store(("small", new string('a', 2 * SizeLimits.MaxPageBytes)));

        var answer = await _user.Client.GetAsync(_user.RoomPath);

        Assert.Equal(2, Assert.Single(Messages(await answer.ReadJsonAsync())).GetProperty("id").GetInt32());
        var rest = await _user.Client.GetAsync(NextOf(answer));
        Assert.Equal("small", Assert.Single(Messages(await rest.ReadJsonAsync())).Text("content"));
        Assert.Null(NextOf(rest));
    }

    [Fact]
    public async Task An_export_is_complete_when_pages_are_shorter_than_requested()
    {
        await Room.Store([.. Enumerable.Range(1, 20).Select(i => (new string('q', i), new string('a', IChatroomGrain.MaxPageLength / 5)))]);

        var room = await (await _user.Client.GetAsync($"{_user.RoomPath}/export")).ReadJsonAsync();

        Assert.Equal(Enumerable.Range(1, 40), Messages(room).Select(message => message.GetProperty("id").GetInt32()));
    }

    private static IEnumerable<JsonElement> Messages(JsonElement room) => room.GetProperty("messages").EnumerateArray();

    private static string? NextOf(HttpResponseMessage answer) => answer.Headers.TryGetValues("Link", out var link)
        ? link.Single().Split('<', '>')[1]
        : null;
}
