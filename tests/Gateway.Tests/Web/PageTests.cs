using System.Net;
using GeminiChat.Gateway.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GeminiChat.Gateway.Tests.Web;

public sealed class PageTests(GatewayFixture gateway)
{
    [Fact]
    public async Task The_first_page_points_to_the_docs_and_loads_nothing_from_elsewhere()
    {
        var response = await gateway.CreateAnonymousClient().GetAsync("/");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
        Assert.Equal("no-referrer", response.Headers.GetValues("Referrer-Policy").Single());
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        var page = await response.Content.ReadAsStringAsync();
        Assert.Contains("href=\"docs\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("//", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await gateway.CreateAnonymousClient().GetAsync("/main.js")).StatusCode);
    }

    [Fact]
    public async Task Diagrams_are_drawn_in_a_sandbox_without_the_session_and_the_network()
    {
        var frame = await gateway.CreateAnonymousClient().GetAsync("/chat/diagram.html");

        Assert.Equal(HttpStatusCode.OK, frame.StatusCode);
        var policy = frame.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.EndsWith("frame-ancestors 'self'; sandbox allow-scripts", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("connect-src", policy, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await gateway.CreateAnonymousClient().GetAsync("/lib/mermaid/mermaid.min.js")).StatusCode);
    }

    [Theory]
    [InlineData("/nowhere", null, "<html lang=\"en\" dir=\"ltr\">", "There is nothing at this address.")]
    [InlineData("/nowhere", "fi, de-AT;q=0.8, en;q=0.5", "<html lang=\"de\" dir=\"ltr\">", "Unter dieser Adresse gibt es nichts.")]
    [InlineData("/s/nothing", "ar-EG", "<html lang=\"ar\" dir=\"rtl\">", "لا توجد محادثة مشتركة في هذا العنوان، أو لم تعد مشتركة.")]
    public async Task A_link_to_nothing_leads_to_a_page_in_a_language_of_the_browser(string path, string? languages, string root, string sentence)
    {
        var client = gateway.CreateAnonymousClient();
        client.DefaultRequestHeaders.Add("Accept", "text/html");
        if (languages is not null)
        {
            client.DefaultRequestHeaders.Add("Accept-Language", languages);
        }

        var answer = await client.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Superset(new HashSet<string>(["Accept", "Accept-Language"]), answer.Headers.Vary.ToHashSet());
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Contains(root, page, StringComparison.Ordinal);
        Assert.Contains($"<p>{sentence}</p>", page, StringComparison.Ordinal);
        Assert.Contains(Assert.Single(answer.Content.Headers.ContentLanguage), root, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_docs_page_is_there()
    {
        var response = await gateway.CreateAnonymousClient().GetAsync("/docs");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.StartsWith("default-src 'none'; script-src 'self';", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Contains("swagger-ui", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await gateway.CreateAnonymousClient().GetAsync("/docs/swagger-ui-bundle.js")).StatusCode);
    }

    [Fact]
    public async Task The_server_does_not_name_itself()
    {
        var response = await gateway.CreateAnonymousClient().GetAsync("/health/live");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.False(response.Headers.Contains("Server"));
    }

    [Fact]
    public async Task The_service_is_ready_while_all_checks_are_healthy()
    {
        Assert.Equal(HttpStatusCode.OK, (await gateway.CreateAnonymousClient().GetAsync("/health/ready")).StatusCode);
    }

    [Fact]
    public async Task The_service_is_live_but_not_ready_while_a_check_fails()
    {
        await using var sick = await GatewayFixture.StartAsync(configure: builder => builder.Services.AddHealthChecks()
            .AddCheck("store", () => HealthCheckResult.Unhealthy("secret innards"), ["ready"]));

        var detail = await (await sick.CreateAnonymousClient().GetAsync("/health/ready")).ReadProblemAsync(HttpStatusCode.ServiceUnavailable);

        Assert.DoesNotContain("innards", detail, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await sick.CreateAnonymousClient().GetAsync("/health/live")).StatusCode);
    }
}
