using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Settings;
using GeminiChat.Running;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.Protocols;

namespace GeminiChat.Gateway.Tests.Auth;

/// <summary>How often an issuer is asked for its keys.</summary>
public sealed class IssuerKeysTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private readonly HttpClient _http = new();
    private FakeIssuer _issuer = null!;
    private IssuerKeys _keys = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.Start();
        _keys = new IssuerKeys(
            new ExternalIssuer(_issuer.Issuer, [FakeIssuer.Audience]), new HttpDocumentRetriever(_http) { RequireHttps = false }, _time, NullLogger.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _issuer.DisposeAsync();
    }

    [Fact]
    public async Task Known_keys_are_fetched_once()
    {
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(KeySearchResult.Found, await Find("key-1"));
        }

        Assert.Equal(2, _issuer.Requests);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(503)]
    [InlineData(404)]
    public async Task In_a_minute_the_issuer_gets_at_most_ten_requests_for_any_number_of_unknown_keys(int status)
    {
        _issuer.Status = status;
        for (var second = 0; second < 60; second++)
        {
            await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Find($"unknown-{second}-{i}")));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(_issuer.Requests, 3, 10);
    }

    [Fact]
    public async Task A_new_key_is_found_although_unknown_keys_were_asked_for()
    {
        Assert.Equal(KeySearchResult.Unknown, await Find("unknown"));
        Assert.Equal(KeySearchResult.Unknown, await Find("unknown"));
        _issuer.RotateKey();
        Assert.Equal(KeySearchResult.Unavailable, await Find("key-2"));
        Assert.Equal(IssuerKeys.FetchInterval, _keys.FetchDelay);

        _time.Advance(IssuerKeys.FetchInterval);

        Assert.Equal(KeySearchResult.Found, await Find("key-2"));
        Assert.Equal(KeySearchResult.Found, await Find("key-1"));
    }

    [Fact]
    public async Task A_key_is_unknown_only_after_a_fetch_that_began_after_the_first_search_for_it()
    {
        Assert.Equal(KeySearchResult.Found, await Find("key-1"));
        Assert.Equal(KeySearchResult.Unknown, await Find("withdrawn"));
        Assert.Equal(KeySearchResult.Unavailable, await Find("wrong"));
        Assert.Equal(KeySearchResult.Unknown, await Find("withdrawn"));

        _time.Advance(IssuerKeys.FetchInterval);

        Assert.Equal(KeySearchResult.Unknown, await Find("another"));
        Assert.Equal(KeySearchResult.Unknown, await Find("wrong"));
        Assert.Equal(KeySearchResult.Unknown, await Find("withdrawn"));
    }

    [Fact]
    public async Task A_flood_of_unknown_keys_holds_up_neither_known_keys_nor_new_ones_for_longer_than_the_interval()
    {
        Assert.Equal(KeySearchResult.Found, await Find("key-1"));
        for (var second = 0; second < 60; second++)
        {
            await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => Find($"unknown-{second}-{i}")));
            Assert.Equal(KeySearchResult.Found, await Find("key-1"));
            if (second == 10)
            {
                _issuer.RotateKey();
            }

            _time.Advance(TimeSpan.FromSeconds(1));
        }

        var requests = _issuer.Requests;
        Assert.Equal(KeySearchResult.Found, await Find("key-2"));
        Assert.Equal(requests, _issuer.Requests);
    }

    [Fact]
    public async Task Known_keys_are_kept_while_the_issuer_is_away_and_unknown_ones_cannot_be_judged()
    {
        Assert.Equal(KeySearchResult.Found, await Find("key-1"));
        _issuer.Status = 500;
        _time.Advance(TimeSpan.FromHours(2));

        Assert.Equal(KeySearchResult.Found, await Find("key-1"));
        Assert.Equal(KeySearchResult.Unavailable, await Find("key-2"));
        Assert.Equal(KeySearchResult.Found, await Find("key-1"));
    }

    [Fact]
    public async Task Keys_that_the_issuer_has_withdrawn_are_forgotten_after_an_hour()
    {
        Assert.Equal(KeySearchResult.Found, await Find("key-1"));
        _issuer.WithdrawKeys();
        _issuer.RotateKey();
        _time.Advance(TimeSpan.FromHours(1));

        // This search begins the fetch, and does not wait for it.
        await Find("key-1");
        using var deadline = Deadline.Start();
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (await Find("key-1") is KeySearchResult.Found)
        {
            await retry.WaitForNextTickAsync(deadline.Token);
        }

        Assert.Equal(KeySearchResult.Found, await Find("key-2"));
    }

    private Task<KeySearchResult> Find(string key) => _keys.FindAsync(key, CancellationToken.None);
}
