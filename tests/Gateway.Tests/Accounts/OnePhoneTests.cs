using System.Net;
using System.Text.Json;
using GeminiChat.Gateway.Tests.Live;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Gateway.Tests.Accounts;

/// <summary>In Mexico and Argentina one phone has two numbers, and one account all the same.</summary>
public sealed class OnePhoneTests(LiveGateway gateway) : IClassFixture<LiveGateway>
{
    [Theory]
    [InlineData("+5491143210001", "+54 11 15 4321-0001", "+541143210001")]
    [InlineData("+541143210002", "+5491143210002", "+54 9 11 15 4321-0002")]
    [InlineData("+525543210003", "+52 1 55 4321 0003", "+52 044 55 4321 0003")]
    [InlineData("+5215543210004", "+525543210004", "+52 01 55 4321 0004")]
    public async Task Every_spelling_of_a_number_leads_to_its_one_account(string first, string second, string third)
    {
        var me = await SignIn(first);
        Assert.Equal(me.Text("id"), (await SignIn(second)).Text("id"));
        Assert.Equal(me.Text("id"), (await SignIn(third)).Text("id"));
        Assert.Contains(me.Text("mobile_number")[..4], new[] { "+549", "+525" });
    }

    [Theory]
    [InlineData("+541143210005", "+5491143210005")]
    [InlineData("+5215543210006", "+525543210006")]
    public async Task An_account_under_the_old_spelling_is_found_under_both_and_frees_its_number_when_it_goes(string old, string now)
    {
        var id = await JoinAsBefore(old);
        Assert.Equal(id, (await SignIn(now)).Text("id"));
        var me = await SignIn(old);
        Assert.Equal((id, old), (me.Text("id"), me.Text("mobile_number")));
        var taken = await Post("/auth/signup", new { name = "Ada", mobile_number = now, password = Person.Password });
        await taken.ProblemAsync(HttpStatusCode.Conflict);

        var access = await Access(now);
        using var http = gateway.Stranger();
        var code = await Code(now);
        var request = new HttpRequestMessage(HttpMethod.Delete, "/user/me")
        {
            Content = Answers.Json(JsonSerializer.Serialize(new { otp_code = code })),
        };
        request.Headers.Add("Authorization", $"Bearer {access}");
        Assert.Equal(HttpStatusCode.NoContent, (await http.SendAsync(request)).StatusCode);
        var next = await SignIn(old);
        Assert.NotEqual(id, next.Text("id"));
        Assert.Equal(now, next.Text("mobile_number"));
    }

    [Fact]
    public async Task A_sign_up_counts_however_the_number_is_spelled_with_the_code()
    {
        const string Old = "+541143210008";
        const string Now = "+5491143210008";
        var signedUp = await Post("/auth/signup", new { name = "Ada", mobile_number = Old, password = Person.Password });
        var token = (await signedUp.JsonAsync()).Text("signup_token");
        var entry = await Post("/auth/verify-otp", new { mobile_number = Now, otp_code = await Code(Now), signup_token = token });
        Assert.Equal(HttpStatusCode.OK, entry.StatusCode);
        var login = await Post("/auth/login", new { mobile_number = Now, password = Person.Password });
        Assert.Equal(HttpStatusCode.OK, login.StatusCode);
    }

    [Fact]
    public async Task Two_accounts_from_before_stay_reachable_each_by_its_own_spelling()
    {
        var home = await JoinAsBefore("+541143210007");
        var abroad = await JoinAsBefore("+5491143210007");
        Assert.Equal(home, (await SignIn("+541143210007")).Text("id"));
        Assert.Equal(abroad, (await SignIn("+5491143210007")).Text("id"));
    }

    /// <summary>As the version did that took each spelling for a number of its own.</summary>
    private async Task<string> JoinAsBefore(string number)
    {
        var secret = await gateway.Grains.NumberSecret().Get();
        var phone = gateway.Grains.Phone(PhoneKey.Of(secret.AsSpan(), number));
        var made = Assert.IsType<CodeOutcome.Issued>(await phone.SendCode(number, CodePurpose.SignIn));
        return Assert.IsType<CheckOutcome.Right>(await phone.SignIn(made.Code.Code)).UserId.ToString();
    }

    private async Task<JsonElement> SignIn(string number)
    {
        using var http = gateway.Stranger();
        http.DefaultRequestHeaders.Add("Authorization", $"Bearer {await Access(number)}");
        return await (await http.GetAsync("/user/me")).JsonAsync();
    }

    private async Task<string> Access(string number)
    {
        var entry = await Post("/auth/verify-otp", new { mobile_number = number, otp_code = await Code(number) });
        Assert.Equal(HttpStatusCode.OK, entry.StatusCode);
        return (await entry.JsonAsync()).Text("access_token");
    }

    private async Task<string> Code(string number)
    {
        var sent = await Post("/auth/send-otp", new { mobile_number = number });
        Assert.Equal(HttpStatusCode.OK, sent.StatusCode);
        return (await sent.JsonAsync()).Text("otp");
    }

    private Task<HttpResponseMessage> Post(string path, object body) =>
        gateway.Stranger().PostJsonAsync(path, JsonSerializer.Serialize(body));
}
