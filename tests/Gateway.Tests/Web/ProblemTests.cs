using System.Net;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Users;
using Orleans.Storage;

namespace GeminiChat.Gateway.Tests.Web;

public sealed class ProblemTests(GatewayFixture gateway)
{
    [Theory]
    [InlineData("GET", "/nowhere", HttpStatusCode.NotFound)]
    [InlineData("POST", "/nowhere", HttpStatusCode.NotFound)]
    [InlineData("GET", "/chatroom/..%2f..%2fetc", HttpStatusCode.NotFound)]
    [InlineData("PUT", "/chatroom", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/auth/signup", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/chatroom?limit=0", HttpStatusCode.BadRequest)]
    [InlineData("GET", "/chatroom?limit=1001", HttpStatusCode.BadRequest)]
    [InlineData("GET", "/chatroom?limit=ten", HttpStatusCode.BadRequest)]
    [InlineData("GET", "/chatroom?cursor=nonsense", HttpStatusCode.BadRequest)]
    [InlineData("GET", "/chatroom/0199c8d8-0000-7000-8000-000000000000?limit=101", HttpStatusCode.BadRequest)]
    [InlineData("GET", "/chatroom/0199c8d8-0000-7000-8000-000000000000?before=0", HttpStatusCode.BadRequest)]
    [InlineData("GET", "/chatroom/0199c8d8-0000-7000-8000-000000000000?before=-1", HttpStatusCode.BadRequest)]
    public async Task Every_refusal_carries_problem_details(string method, string path, HttpStatusCode status)
    {
        var user = await gateway.NewUserWithRoom();

        var response = await user.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        Assert.NotEmpty(await response.ReadProblemAsync(status));
    }

    [Theory]
    [InlineData("text/event-stream")]
    [InlineData("text/html")]
    public async Task Problem_details_are_sent_whatever_the_Accept_header(string accept)
    {
        var user = await gateway.NewUserWithRoom();
        user.Client.DefaultRequestHeaders.Add("Accept", accept);

        await (await user.Client.GetAsync("/nowhere")).ReadProblemAsync(HttpStatusCode.NotFound);
        await (await gateway.CreateAnonymousClient().GetAsync("/chatroom")).ReadProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task An_unexpected_exception_is_a_500_without_details()
    {
        var user = await gateway.NewUserWithRoom();
        user.Calls(nameof(IUserGrain.GetProfile)).Throw(new InvalidOperationException("secret innards"));

        var detail = await (await user.Client.GetAsync("/user/me")).ReadProblemAsync(HttpStatusCode.InternalServerError);

        Assert.DoesNotContain("innards", detail, StringComparison.Ordinal);
    }

    public static TheoryData<string> OutageKinds => [.. OutageExceptions.Keys];

    [Theory, MemberData(nameof(OutageKinds))]
    public async Task A_read_is_repeated_once_after_an_outage(string kind)
    {
        var user = await gateway.NewUserWithRoom();
        var list = user.Calls(nameof(IUserGrain.ListRooms));
        list.Throw(OutageExceptions[kind]);

        Assert.Equal(HttpStatusCode.OK, (await user.Client.GetAsync("/chatroom")).StatusCode);
        Assert.Equal(2, list.Count);
    }

    [Theory, InlineData("inconsistent state"), InlineData("silo away"), InlineData("timeout")]
    public async Task A_read_is_retried_through_failures_that_the_cluster_repairs(string kind)
    {
        var user = await gateway.NewUserWithRoom();
        var list = user.Calls(nameof(IUserGrain.ListRooms));
        list.Throw([.. Enumerable.Repeat(OutageExceptions[kind], 4)]);

        Assert.Equal(HttpStatusCode.OK, (await user.Client.GetAsync("/chatroom")).StatusCode);
        Assert.Equal(5, list.Count);
    }

    [Theory, InlineData("store away"), InlineData("outcome unknown"), InlineData("busy")]
    public async Task A_lasting_outage_is_a_503_at_once(string kind)
    {
        var user = await gateway.NewUserWithRoom();
        var list = user.Calls(nameof(IUserGrain.ListRooms));
        list.Throw(OutageExceptions[kind], OutageExceptions[kind]);

        await (await user.Client.GetAsync("/chatroom")).ReadProblemAsync(HttpStatusCode.ServiceUnavailable);
        Assert.Equal(2, list.Count);
    }

    private static readonly Dictionary<string, Exception> OutageExceptions = new(StringComparer.Ordinal)
    {
        ["store away"] = new StoreUnavailableException("no"),
        ["outcome unknown"] = new StoreOutcomeUnknownException("no"),
        ["inconsistent state"] = new InconsistentStateException("no"),
        ["silo away"] = new SiloUnavailableException("no"),
        ["busy"] = new GatewayTooBusyException("no"),
        ["timeout"] = new TimeoutException("no"),
    };
}
