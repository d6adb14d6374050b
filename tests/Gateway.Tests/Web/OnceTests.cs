using GeminiChat.Gateway.Web;
using GeminiChat.GrainInterfaces;

namespace GeminiChat.Gateway.Tests.Web;

public sealed class OnceTests
{
    [Fact]
    public async Task A_call_that_fails_is_repeated_once()
    {
        var calls = 0;

        await Assert.ThrowsAsync<StoreUnavailableException>(() => Once.More<Func<string>, string>(
            () =>
            {
                calls++;
                throw new StoreUnavailableException("no");
            },
            static async answer => answer()));

        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task A_call_that_nobody_answers_is_not_repeated()
    {
        var calls = 0;

        await Assert.ThrowsAsync<TimeoutException>(() => Once.More<Func<string>, string>(
            () =>
            {
                calls++;
                throw new TimeoutException();
            },
            static async answer => answer()));

        Assert.Equal(1, calls);
    }
}
