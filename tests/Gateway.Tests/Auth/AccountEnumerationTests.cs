using System.Diagnostics;
using System.Net;
using GeminiChat.Gateway.Tests.Fixtures;

namespace GeminiChat.Gateway.Tests.Auth;

/// <summary>Nothing tells a number that has an account from one that has none. Other tests do not run at the same time.</summary>
[Collection(Alone)]
public sealed class AccountEnumerationTests(StrongHashesGatewayFixture gateway) : IClassFixture<StrongHashesGatewayFixture>
{
    public const string Alone = "Account enumeration";

    private const int Tries = 5;

    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// Samples taken in turn, and more of them while they differ, as they do now and then on a busy machine: work that is
    /// left out makes a difference each time. A password's check takes a hundred times as long as all the rest.
    /// </summary>
    [Theory]
    [InlineData("/auth/send-otp", 20)]
    [InlineData("/auth/forgot-password", 20)]
    [InlineData("/auth/login", 6)]
    public async Task Known_and_unknown_numbers_get_the_same_answer_in_the_same_time(string path, int samples)
    {
        await Ask(gateway.NewUser(), path);
        var (known, unknown) = await Medians(path, samples);
        for (var tries = 1; tries < Tries && !AreAlike(known, unknown); tries++)
        {
            (known, unknown) = await Medians(path, samples);
        }

        Assert.True(AreAlike(known, unknown), $"{known} for a known number, {unknown} for another");
    }

    [Theory]
    [InlineData("/auth/send-otp")]
    [InlineData("/auth/forgot-password")]
    public async Task Known_and_unknown_numbers_get_the_same_rate_limit_response(string path)
    {
        var known = await gateway.NewUser().SignIn();
        var unknown = gateway.NewUser();
        foreach (var person in new[] { known, unknown })
        {
            Assert.Equal(HttpStatusCode.OK, (await person.RequestCode(path)).StatusCode);
            await (await person.RequestCode(path)).ReadProblemAsync(HttpStatusCode.TooManyRequests);
        }
    }

    [Fact]
    public async Task Wrong_passwords_are_limited_in_the_same_way_for_a_number_without_account()
    {
        var unknown = gateway.NewUser();
        for (var i = 0; i < 10; i++)
        {
            await (await unknown.Login()).ReadProblemAsync(HttpStatusCode.Unauthorized);
        }

        await (await unknown.Login()).ReadProblemAsync(HttpStatusCode.TooManyRequests);
    }

    /// <summary>Asks for people who have an account and for others, and compares the answers.</summary>
    private async Task<(TimeSpan Known, TimeSpan Unknown)> Medians(string path, int samples)
    {
        List<TimeSpan> known = [], unknown = [];
        for (var i = 0; i < samples; i++)
        {
            var person = gateway.NewUser();
            var (answer, time) = await Ask(path is "/auth/login" ? await person.SignUpAndVerify() : await person.SignIn(), path);
            var (otherAnswer, otherTime) = await Ask(gateway.NewUser(), path);
            Assert.Equal(await Shape(answer), await Shape(otherAnswer));
            known.Add(time);
            unknown.Add(otherTime);
        }

        return (Median(known), Median(unknown));
    }

    private static bool AreAlike(TimeSpan one, TimeSpan other) => one <= (other * 2) + Slack && other <= (one * 2) + Slack;

    private static async Task<(HttpResponseMessage Answer, TimeSpan Time)> Ask(ApiUser person, string path)
    {
        var clock = Stopwatch.GetTimestamp();
        var answer = path is "/auth/login" ? await person.Login("a wrong one") : await person.RequestCode(path);
        return (answer, Stopwatch.GetElapsedTime(clock));
    }

    /// <summary>Everything about an answer but its date, its code and its request.</summary>
    private static async Task<string> Shape(HttpResponseMessage answer)
    {
        var headers = answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key is not "Date")
            .Select(header => $"{header.Key}: {string.Join(',', header.Value)}").Order(StringComparer.Ordinal);
        var members = (await answer.ReadJsonAsync()).EnumerateObject()
            .Select(member => member.Name is "otp" or "request_id" ? member.Name : $"{member.Name}={member.Value}");
        return $"{answer.StatusCode}\n{string.Join('\n', headers)}\n{string.Join('\n', members)}";
    }

    private static TimeSpan Median(List<TimeSpan> times) => times.Order().ElementAt(times.Count / 2);

    [CollectionDefinition(Alone, DisableParallelization = true)]
    public sealed class Definition;
}
