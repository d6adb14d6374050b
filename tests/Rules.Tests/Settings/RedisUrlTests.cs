using System.Net;
using GeminiChat.ServiceDefaults.Settings;
using StackExchange.Redis;

namespace GeminiChat.Rules.Tests.Settings;

public sealed class RedisUrlTests
{
    [Theory]
    [InlineData("redis://cache", "cache:6379", false, null, null, null)]
    [InlineData("redis://cache:7000/3", "cache:7000", false, null, null, 3)]
    [InlineData("rediss://ann:pw@cache", "cache:6379", true, "ann", "pw", null)]
    [InlineData("redis://:p%40:w@cache/", "cache:6379", false, null, "p@:w", null)]
    [InlineData("redis://a%40b:pw@cache/x", "cache:6379", false, "a@b", "pw", null)]
    [InlineData("redis://ann@cache", "cache:6379", false, null, null, null)]
    public void A_URL_names_host_credentials_and_database(string url, string host, bool isTls, string? user, string? password, int? database)
    {
        var options = RedisUrl.Parse(url);
        var endPoint = Assert.IsType<DnsEndPoint>(Assert.Single(options.EndPoints));
        Assert.Equal((host, isTls), ($"{endPoint.Host}:{endPoint.Port}", options.Ssl));
        Assert.Equal((user, password, database), (options.User, options.Password, options.DefaultDatabase));
        Assert.False(options.AbortOnConnectFail);
    }

    [Theory]
    [InlineData("http://cache")]
    [InlineData("redis://")]
    [InlineData("://cache")]
    public void Another_URL_is_refused(string url) => Assert.StartsWith(
        "REDIS_URL must look like redis://", Assert.Throws<SettingException>(() => RedisUrl.Parse(url)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_configuration_string_of_the_client_is_taken_too()
    {
        var options = RedisUrl.Parse("cache:7000,password=pw,defaultDatabase=2");
        Assert.Equal("cache:7000", Assert.Single(options.EndPoints).ToString()![^10..]);
        Assert.Equal(("pw", 2), (options.Password, options.DefaultDatabase));
    }

    [Theory]
    [InlineData("redis://cache")]
    [InlineData("cache:7000")]
    public void A_lost_connection_is_tried_again_each_second(string text)
    {
        var policy = Assert.IsType<LinearRetry>(RedisUrl.Parse(text).ReconnectRetryPolicy);
        Assert.False(policy.ShouldRetry(1, 999));
        Assert.True(policy.ShouldRetry(1, 1001));
    }
}
