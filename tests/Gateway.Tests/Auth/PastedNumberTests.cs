using System.Globalization;
using System.Net;
using System.Text.Json;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Running;
using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.Gateway.Tests.Auth;

/// <summary>Numbers and codes as contacts, chats and web pages hand them over.</summary>
public sealed class PastedNumberTests(GatewayFixture gateway)
{
    [Theory]
    [InlineData("\u202A+1 415 555 0123\u202C", "+14155550123")]
    [InlineData("\u2066+1\u00A0415\u202F555\u20090123\u2069", "+14155550123")]
    [InlineData("\uFEFF+1\u200B415\u200E555\u200F0123", "+14155550123")]
    [InlineData("+1\u2010415\u2011555\u20130123", "+14155550123")]
    [InlineData("+1\u2012415\u2014555\u22120123", "+14155550123")]
    [InlineData("\uFF0B\uFF11\uFF08\uFF14\uFF11\uFF15\uFF09\uFF15\uFF15\uFF15\uFF0D\uFF10\uFF11\uFF12\uFF13", "+14155550123")]
    [InlineData("+\u0661\u0664\u0661\u0665\u0665\u0665\u0665\u0660\u0661\u0662\u0663", "+14155550123")]
    [InlineData("+\u0967\u096A\u0967\u096B\u096B\u096B\u096B\u0966\u0967\u0968\u0969", "+14155550123")]
    [InlineData("\u207A1\t415\t555-0123\r\n", "+14155550123")]
    [InlineData("+52 1 55 1234 5678", "+525512345678")]
    [InlineData("+52 044 55 1234 5678", "+525512345678")]
    [InlineData("+54 11 2345-6789", "+5491123456789")]
    [InlineData("+54 11 15 2345-6789", "+5491123456789")]
    [InlineData("+54 9 11 15 2345-6789", "+5491123456789")]
    public async Task A_phone_number_is_read_in_any_pasted_form(string pasted, string number)
    {
        var signUps = await SharedSilo.Current.PhoneCalls(number, nameof(IPhoneGrain.SignUp));
        var name = Guid.CreateVersion7().ToString();
        var answer = await gateway.CreateAnonymousClient().PostJsonAsync(
            "/auth/signup", JsonSerializer.Serialize(new { name, mobile_number = pasted, password = ApiUser.Password }));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal(name, Assert.IsType<SignUp>(signUps.LastArguments[0]).Name);
    }

    [Theory]
    [InlineData("+1 415 555 0123 ext. 4")]
    [InlineData("\u202A\u202C")]
    [InlineData("+1 415 555 01\u00B223")]
    public async Task Text_that_is_not_a_phone_number_is_refused(string pasted)
    {
        var answer = await gateway.CreateAnonymousClient().PostJsonAsync(
            "/auth/send-otp", JsonSerializer.Serialize(new { mobile_number = pasted }));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Theory]
    [InlineData("123 456", true)]
    [InlineData("123-456", true)]
    [InlineData(" 123\u00A0456\n", true)]
    [InlineData("\u202A123\u2011456\u202C", true)]
    [InlineData("\u0661\u0662\u0663\u0664\u0665\u0666", true)]
    [InlineData("\u0967\u0968\u0969\u096A\u096B\u096C", true)]
    [InlineData("\uFF11\uFF12\uFF13\uFF14\uFF15\uFF16", true)]
    [InlineData("123 4567", false)]
    [InlineData("123x456", false)]
    public async Task A_code_is_accepted_in_any_pasted_form(string pasted, bool isTaken)
    {
        using var http = gateway.CreateAnonymousClient();
        var number = TestNumber.Next();
        var sent = await http.PostJsonAsync("/auth/send-otp", JsonSerializer.Serialize(new { mobile_number = number }));
        var code = WithDigitsOf((await sent.ReadJsonAsync()).Text("otp"), pasted);
        var answer = await http.PostJsonAsync("/auth/verify-otp", JsonSerializer.Serialize(new { mobile_number = number, otp_code = code }));
        Assert.Equal(isTaken ? HttpStatusCode.OK : HttpStatusCode.BadRequest, answer.StatusCode);
    }

    /// <summary>The pasted text with the digits of a code, in the script of the text, in the place of 1 to 6.</summary>
    private static string WithDigitsOf(string code, string pasted) => string.Concat(pasted.Select(letter =>
        CharUnicodeInfo.GetDecimalDigitValue(letter) is >= 1 and <= 6 and var place ? (char)(letter - place + (code[place - 1] - '0')) : letter));
}
