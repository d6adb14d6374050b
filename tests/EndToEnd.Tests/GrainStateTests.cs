using System.Net;
using System.Net.Http.Json;

namespace GeminiChat.EndToEnd.Tests;

/// <summary>The state of grains cannot be read or written.</summary>
[Collection<SharedGateway>]
public sealed class GrainStateTests(GatewayFixture fixture) : GatewayTests(fixture)
{
    [Fact]
    public async Task Grain_state_that_cannot_be_read_or_written_is_reported_as_503()
    {
        using var before = await NewCode("+14155550101");
        Assert.Equal(HttpStatusCode.OK, before.StatusCode);

        var logged = Gateway.Output.Length;
        await RunOnGrainState("alter table OrleansStorage rename to Away");
        try
        {
            using var write = await Gateway.Http.PostAsJsonAsync(
                "/auth/verify-otp", new { mobile_number = "+14155550101", otp_code = "000000" });
            using var read = await NewCode("+14155550102");
            foreach (var answer in new[] { write, read })
            {
                Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
                Assert.True(answer.Headers.Contains("Retry-After"));
                Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
            }
        }
        finally
        {
            await RunOnGrainState("alter table Away rename to OrleansStorage");
        }

        using var after = await NewCode("+14155550102");
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
        await Gateway.WaitForLog("could not be served: OrleansException", logged);
    }

    private Task<HttpResponseMessage> NewCode(string number) =>
        Gateway.Http.PostAsJsonAsync("/auth/send-otp", new { mobile_number = number });
}
