using System.Net;
using System.Net.Http.Headers;
using System.Text;
using GeminiChat.ServiceDefaults.Settings;
using GeminiChat.Silo.Dashboard;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GeminiChat.Silo.Tests.Dashboard;

/// <summary>A silo with a web server, as its operators see it.</summary>
public sealed class DashboardTests(DashboardTests.Fixture fixture) : IClassFixture<DashboardTests.Fixture>
{
    private const string Password = "twelve chars";

    private WebApplication Silo => fixture.Silo;

    [Fact]
    public async Task Operators_see_the_silos_of_the_cluster()
    {
        using var operators = Client(Silo, Password);

        using var page = await operators.GetAsync("/dashboard/", TestContext.Current.CancellationToken);

        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        Assert.True(page.Headers.CacheControl?.NoStore);
        await WaitUntilCounted(operators, "\"status\":\"Active\"");
    }

    [Theory]
    [InlineData("/dashboard/", null)]
    [InlineData("/dashboard/index.min.js", "twelve char")]
    [InlineData("/dashboard/DashboardCounters", "")]
    [InlineData("/dashboard/GrainState?grainId=0&grainType=any", "Twelve chars")]
    public async Task The_dashboard_is_refused_without_the_password(string path, string? password)
    {
        using var stranger = Client(Silo, password);

        using var answer = await stranger.GetAsync(path, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("Basic", Assert.Single(answer.Headers.WwwAuthenticate).Scheme);
        Assert.True(answer.Headers.CacheControl?.NoStore);
        Assert.Equal(0, answer.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task After_ten_wrong_passwords_at_once_the_right_one_is_refused_too()
    {
        await using var silo = await Start(Password);
        using var guesser = Client(silo, "a wrong guess");
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Status(guesser)));
        using var operators = Client(silo, Password);

        Assert.Equal(DashboardAuthFilter.MaxFailedAttempts, answers.Count(status => status is HttpStatusCode.Unauthorized));
        Assert.All(answers, status => Assert.True(status is HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests));
        Assert.Equal(HttpStatusCode.TooManyRequests, await Status(operators));
    }

    [Fact]
    public async Task Requests_with_the_right_password_are_not_rate_limited()
    {
        using var operators = Client(Silo, Password);

        var answers = await Task.WhenAll(Enumerable.Range(0, 5 * DashboardAuthFilter.MaxFailedAttempts).Select(_ => Status(operators)));

        Assert.All(answers, status => Assert.Equal(HttpStatusCode.OK, status));
    }

    [Theory]
    [InlineData("GrainState?grainId=0&grainType=any", HttpStatusCode.NotFound)]
    [InlineData("grainstate/?grainId=0&grainType=any", HttpStatusCode.NotFound)]
    [InlineData("Trace", HttpStatusCode.Forbidden)]
    public async Task Grain_state_and_logs_are_hidden_from_operators_too(string page, HttpStatusCode expected)
    {
        using var operators = Client(Silo, Password);

        // The log would never end.
        using var answer = await operators.GetAsync(
            $"/dashboard/{page}", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task Without_a_password_there_is_no_dashboard(string? password)
    {
        await using var silo = await Start(password);
        using var client = Client(silo, "");

        Assert.Equal(HttpStatusCode.NotFound, await Status(client));
    }

    [Fact]
    public async Task A_password_under_twelve_characters_is_refused_at_start_without_being_logged()
    {
        var wrong = await Assert.ThrowsAsync<SettingException>(() => Start("elevenchars"));

        Assert.Contains("DASHBOARD_PASSWORD", wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("elevenchars", wrong.Message, StringComparison.Ordinal);
    }

    /// <summary>The dashboard counts once a second.</summary>
    private static async Task WaitUntilCounted(HttpClient operators, string text)
    {
        using var deadline = Deadline.Start();
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!(await operators.GetStringAsync("/dashboard/DashboardCounters", deadline.Token)).Contains(text, StringComparison.Ordinal))
        {
            await retry.WaitForNextTickAsync(deadline.Token);
        }
    }

    private static async Task<HttpStatusCode> Status(HttpClient client)
    {
        using var answer = await client.GetAsync("/dashboard/version", TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    private static async Task<WebApplication> Start(string? password)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create("DASHBOARD_PASSWORD", password)]);
        var cluster = ClusterSettings.Read(builder.Configuration);
        builder.UseOrleans(silo => silo.UseLocalhostClustering(cluster.SiloPort, cluster.GatewayPort).UseDashboard());
        var app = builder.Build();
        app.MapDashboard();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private static HttpClient Client(WebApplication silo, string? password)
    {
        var client = new HttpClient { BaseAddress = new Uri(silo.Urls.Single()) };
        client.DefaultRequestHeaders.Authorization = password is null
            ? null
            : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"anybody:{password}")));
        return client;
    }

    /// <summary>A silo for the tests that make fewer mistakes than it allows.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        public WebApplication Silo { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Silo = await Start(Password);

        public ValueTask DisposeAsync() => Silo.DisposeAsync();
    }
}
