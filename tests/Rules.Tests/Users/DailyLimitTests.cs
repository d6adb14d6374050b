using GeminiChat.Gateway.Users;
using GeminiChat.Gateway.Web;
using GeminiChat.GrainInterfaces.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace GeminiChat.Rules.Tests.Users;

public sealed class DailyLimitTests
{
    private static readonly DateTimeOffset Midnight = new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Midnight.AddSeconds(-90.5));

    [Theory]
    [InlineData(0, 3, 30, null)]
    [InlineData(10, 0, 0, 10)]
    [InlineData(10, 3, 3, 7)]
    [InlineData(10, 10, 10, 0)]
    [InlineData(10, 12, 12, 0)]
    [InlineData(10, 2, 48, 2)]
    [InlineData(10, 2, 50, 0)]
    [InlineData(10, 2, 51, 0)]
    public void What_remains_of_a_day_is_bounded_by_counted_and_by_accepted_replies(int limit, int used, int accepted, int? remaining) =>
        Assert.Equal(remaining, Usage(limit, used, accepted).Remaining());

    [Fact]
    public void The_headers_tell_limit_rest_and_time()
    {
        var response = new DefaultHttpContext().Response;
        DailyLimit.WriteHeaders(response, Usage(10, 3, 3), _time);
        Assert.Equal("\"messages\";q=10;w=86400", response.Headers["RateLimit-Policy"]);
        Assert.Equal("\"messages\";r=7;t=91", response.Headers["RateLimit"]);
    }

    [Fact]
    public void Without_a_limit_there_are_no_headers()
    {
        var response = new DefaultHttpContext().Response;
        DailyLimit.WriteHeaders(response, Usage(0, 3, 3), _time);
        Assert.Empty(response.Headers);
    }

    [Theory]
    [InlineData(10, 10, "You have used the 10 messages a day of Basic. There are more at midnight UTC.")]
    [InlineData(11, 50, "You have used the 10 messages a day of Basic. There are more at midnight UTC.")]
    [InlineData(
        9,
        50,
        "You have sent 50 messages today, 5 times the 10 a day of Basic, those included that were stopped or failed. You can send more from midnight UTC.")]
    public void The_answer_beyond_the_limit_says_which_limit_was_reached(int used, int accepted, string detail)
    {
        var usage = Usage(10, used, accepted);
        var problem = DailyLimit.Reached(usage, _time);
        Assert.Equal((429, 91, usage), (problem.Status, problem.RetryAfter, problem.Usage));
        Assert.Equal(new RateLimitPolicy("messages", 10, TimeSpan.FromDays(1)), problem.RateLimit);
        Assert.Equal(detail, problem.ToBody("/").Detail);
    }

    [Theory]
    [InlineData(-5, 1)]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(1.001, 2)]
    [InlineData(60, 60)]
    public void A_wait_is_rounded_up_to_whole_seconds(double wait, int seconds) =>
        Assert.Equal(seconds, RateLimitPolicy.ToRetryAfterSeconds(TimeSpan.FromSeconds(wait)));

    [Fact]
    public void An_unknown_time_is_left_out()
    {
        var response = new DefaultHttpContext().Response;
        new RateLimitPolicy("requests", 60, TimeSpan.FromMinutes(1)).WriteHeaders(response, 0, reset: null);
        Assert.Equal(("\"requests\";q=60;w=60", "\"requests\";r=0"), (response.Headers["RateLimit-Policy"].ToString(), response.Headers["RateLimit"].ToString()));
    }

    private static DailyUsage Usage(int limit, int used, int accepted) => new(Tier.Basic, limit, used, Midnight, accepted);
}
