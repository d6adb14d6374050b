using System.Net;
using System.Net.Http.Json;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Running;

namespace GeminiChat.Gateway.Tests.Web;

public sealed class VisibleTextTests(GatewayFixture gateway)
{
    public static TheoryData<string> Invisible => ["  \n\t", "\u200B\u200D\u2060\uFEFF", "\u202E\u2066\u200F", "\u00AD\u0001", "\u3164\u2800\uFE0F", "\U000E0020", "\u2065\U000E0000\U000E01F0\U0001D159\U00016FE4\uFFFF"];

    [Theory]
    [MemberData(nameof(Invisible))]
    public async Task Text_without_a_visible_character_is_empty(string text)
    {
        var user = await gateway.NewUserWithRoom();
        await Refused(await user.Client.PostAsJsonAsync(user.MessagesPath, new { content = text }), "content");
        await Refused(await user.Client.PostAsJsonAsync("/chatroom", new { name = text }), "name");
        await Refused(await user.Client.PatchAsJsonAsync(user.RoomPath, new { name = text }), "name");
        await Refused(await user.Client.PatchAsJsonAsync("/user/me", new { name = text }), "name");
        await Refused(
            await gateway.CreateAnonymousClient().PostAsJsonAsync("/auth/signup", new { name = text, mobile_number = TestNumber.Next(), password = "a fine long one" }), "name");
    }

    [Theory]
    [InlineData("\u200Ba")]
    [InlineData("\U0001F600")]
    [InlineData("\u0645\u200F")]
    [InlineData("\u0301")]
    public async Task Text_with_a_visible_character_is_accepted_unchanged(string text)
    {
        var user = await gateway.NewUserWithRoom();
        var answer = await user.Client.PostAsJsonAsync(user.MessagesPath, new { content = text });
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal([text], await user.Room.Questions());
    }

    [Fact]
    public async Task Direction_control_characters_are_removed_from_titles()
    {
        var user = await gateway.NewUserWithRoom();
        var answer = await user.Client.PostAsJsonAsync("/chatroom", new { name = "a\u202Eb\u2066c\u200Fd\u061C" });
        Assert.Equal("abcd", (await answer.ReadJsonAsync()).Text("name"));
    }

    private static async Task Refused(HttpResponseMessage answer, string field) => Assert.Equal(
        $"{field} is empty: it must have a visible character.", await answer.ReadProblemAsync(HttpStatusCode.BadRequest));
}
