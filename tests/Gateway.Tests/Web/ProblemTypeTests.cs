using System.Reflection;
using System.Text.Json;
using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Chatrooms;
using GeminiChat.Gateway.Files;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Gateway.Web;
using GeminiChat.GrainInterfaces.Chatrooms;

namespace GeminiChat.Gateway.Tests.Web;

public sealed class ProblemTypeTests(GatewayFixture gateway)
{
    [Fact]
    public void Every_type_has_a_meaning()
    {
        var types = typeof(ProblemTypes).GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            .Where(field => field is { IsLiteral: true, IsPublic: true } && field.Name != nameof(ProblemTypes.None))
            .Select(field => (string)field.GetRawConstantValue()!);

        Assert.Equal(types.Order(StringComparer.Ordinal), ProblemTypes.All.Select(one => one.Type).Order(StringComparer.Ordinal));
        Assert.All(ProblemTypes.All, one => Assert.EndsWith(".", one.Meaning, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_documents_list_all_types()
    {
        var table = string.Join('\n', ProblemTypes.All.Select(one => $"| `{one.Type}` | {one.Meaning} |"));

        Assert.Contains(table, Repository.Read("docs/errors.md"), StringComparison.Ordinal);
        using var document = JsonDocument.Parse(await gateway.CreateAnonymousClient().GetStringAsync("/openapi/v1.json"));
        Assert.Contains(table, document.RootElement.GetProperty("info").Text("description"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_has_words_for_every_type()
    {
        var words = Repository.Read("src/Gateway/wwwroot/words/en.js");

        Assert.All(
            ProblemTypes.All.Select(one => one.Type.Split(':')[^1]),
            kind => Assert.Contains($"\"errors.{kind}\":", words, StringComparison.Ordinal));
    }

    [Fact]
    public void The_page_has_words_for_every_reason_of_a_failed_reply()
    {
        var words = Repository.Read("src/Gateway/wwwroot/words/en.js");

        Assert.All(
            typeof(EndReasons).GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!),
            reason => Assert.Contains($"\"errors.reason.{reason}\":", words, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("POST", "/auth/send-otp", """{"mobile_number":"12345"}""", ProblemTypes.BadNumber)]
    [InlineData("POST", "/auth/signup", """{"name":"Ada","mobile_number":"+14155550123","password":"password1"}""", ProblemTypes.CommonPassword)]
    [InlineData("POST", "/auth/signup", """{"name":"Ada","mobile_number":"+14155550123","password":"short"}""", ProblemTypes.None)]
    [InlineData("POST", "/auth/verify-otp", """{"mobile_number":"+14155550123","otp_code":"abc"}""", ProblemTypes.WrongCode)]
    [InlineData("POST", "/auth/login", """{"mobile_number":"+14155550199","password":"a wrong one"}""", ProblemTypes.WrongPassword)]
    [InlineData("GET", "/user/me", null, ProblemTypes.SessionEnded)]
    [InlineData("GET", "/nowhere", null, ProblemTypes.None)]
    public async Task A_refusal_has_the_type_of_its_reason(string method, string path, string? body, string type)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : HttpTestExtensions.Json(body) };

        using var response = await gateway.CreateAnonymousClient().SendAsync(request);

        Assert.Equal(type, (await response.ReadJsonAsync()).Text("type"));
    }

    [Fact]
    public void A_limit_says_how_much_is_allowed()
    {
        Assert.Equal((ProblemTypes.FileTooLarge, 20), Body(FileProblems.TooLarge(20)));
        Assert.Equal((ProblemTypes.QueueFull, 7), Body(ChatroomProblems.QueueFull(7)));

        static (string Type, int? Limit) Body(Problem problem) => (problem.Type, problem.ToBody("/").Limit);
    }

    [Fact]
    public void The_waits_for_codes_are_told_apart()
    {
        Assert.Equal(ProblemTypes.TooManyCodes, AuthProblems.TooManyCodes(TimeSpan.FromMinutes(1)).Type);
        Assert.Equal(ProblemTypes.CodesUsedUp, AuthProblems.TooManyCodesToday(10, TimeSpan.FromHours(5)).Type);
    }
}
