using System.Net;
using System.Text.Json;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Gateway.Tests.Auth;

/// <summary>In Mexico and Argentina one phone has two numbers, and one account all the same.</summary>
public sealed class PhoneNumberAliasTests(OwnSiloGatewayFixture gateway) : IClassFixture<OwnSiloGatewayFixture>
{
    [Theory]
    [InlineData("+5491143210001", "+54 11 15 4321-0001", "+541143210001")]
    [InlineData("+541143210002", "+5491143210002", "+54 9 11 15 4321-0002")]
    [InlineData("+525543210003", "+52 1 55 4321 0003", "+52 044 55 4321 0003")]
    [InlineData("+5215543210004", "+525543210004", "+52 01 55 4321 0004")]
    public async Task Every_form_of_a_phone_number_leads_to_the_same_account(string first, string second, string third)
    {
        var me = await SignIn(first);
        Assert.Equal(me.Text("id"), (await SignIn(second)).Text("id"));
        Assert.Equal(me.Text("id"), (await SignIn(third)).Text("id"));
        Assert.Contains(me.Text("mobile_number")[..4], new[] { "+549", "+525" });
    }

    [Theory]
    [InlineData("+541143210005", "+5491143210005")]
    [InlineData("+5215543210006", "+525543210006")]
    public async Task An_account_under_the_old_form_is_found_under_both_forms_and_frees_its_number_when_deleted(string old, string now)
    {
        var id = await CreateAccountOfOldVersion(old);
        Assert.Equal(id, (await SignIn(now)).Text("id"));
        var me = await SignIn(old);
        Assert.Equal((id, old), (me.Text("id"), me.Text("mobile_number")));
        var taken = await Post("/auth/signup", new { name = "Ada", mobile_number = now, password = ApiUser.Password });
        await taken.ReadProblemAsync(HttpStatusCode.Conflict);

        var access = await Access(now);
        using var http = gateway.CreateAnonymousClient();
        var code = await Code(now);
        var request = new HttpRequestMessage(HttpMethod.Delete, "/user/me")
        {
            Content = HttpTestExtensions.Json(JsonSerializer.Serialize(new { otp_code = code })),
        };
        request.Headers.Add("Authorization", $"Bearer {access}");
        Assert.Equal(HttpStatusCode.NoContent, (await http.SendAsync(request)).StatusCode);
        var next = await SignIn(old);
        Assert.NotEqual(id, next.Text("id"));
        Assert.Equal(now, next.Text("mobile_number"));
    }

    [Fact]
    public async Task A_sign_up_is_confirmed_by_a_code_for_another_form_of_the_number()
    {
        const string Old = "+541143210008";
        const string Now = "+5491143210008";
        var signedUp = await Post("/auth/signup", new { name = "Ada", mobile_number = Old, password = ApiUser.Password });
        var token = (await signedUp.ReadJsonAsync()).Text("signup_token");
        var entry = await Post("/auth/verify-otp", new { mobile_number = Now, otp_code = await Code(Now), signup_token = token });
        Assert.Equal(HttpStatusCode.OK, entry.StatusCode);
        var login = await Post("/auth/login", new { mobile_number = Now, password = ApiUser.Password });
        Assert.Equal(HttpStatusCode.OK, login.StatusCode);
    }

    [Fact]
    public async Task Two_older_accounts_of_one_phone_stay_reachable_each_by_its_own_form()
    {
        var home = await CreateAccountOfOldVersion("+541143210007");
        var abroad = await CreateAccountOfOldVersion("+5491143210007");
        Assert.Equal(home, (await SignIn("+541143210007")).Text("id"));
        Assert.Equal(abroad, (await SignIn("+5491143210007")).Text("id"));
    }

    /// <summary>As the version did that took each spelling for a number of its own.</summary>
    private async Task<string> CreateAccountOfOldVersion(string number)
    {
        var secret = await gateway.Grains.NumberSecret().Get();
        var phone = gateway.Grains.Phone(PhoneKey.Of(secret.AsSpan(), number));
        var made = Assert.IsType<IssueCodeOutcome.Issued>(await phone.IssueCode(number, CodePurpose.SignIn));
        return Assert.IsType<CodeCheckOutcome.Valid>(await phone.SignIn(made.Code.Code)).UserId.ToString();
    }

    private async Task<JsonElement> SignIn(string number)
    {
        using var http = gateway.CreateAnonymousClient();
        http.DefaultRequestHeaders.Add("Authorization", $"Bearer {await Access(number)}");
        return await (await http.GetAsync("/user/me")).ReadJsonAsync();
    }

    private async Task<string> Access(string number)
    {
        var entry = await Post("/auth/verify-otp", new { mobile_number = number, otp_code = await Code(number) });
        Assert.Equal(HttpStatusCode.OK, entry.StatusCode);
        return (await entry.ReadJsonAsync()).Text("access_token");
    }

    private async Task<string> Code(string number)
    {
        var sent = await Post("/auth/send-otp", new { mobile_number = number });
        Assert.Equal(HttpStatusCode.OK, sent.StatusCode);
        return (await sent.ReadJsonAsync()).Text("otp");
    }

    private Task<HttpResponseMessage> Post(string path, object body) =>
        gateway.CreateAnonymousClient().PostJsonAsync(path, JsonSerializer.Serialize(body));
}
