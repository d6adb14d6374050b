using System.Net;
using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.Running;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace GeminiChat.Gateway.Tests.Auth;

/// <summary>What is hashed for whom, over HTTP; how long a hash takes is in the test's hands.</summary>
public sealed class PasswordHashingTests : IAsyncLifetime
{
    private readonly BlockingPasswordHasher _hasher = new();
    private GatewayFixture _gateway = null!;

    public async ValueTask InitializeAsync() =>
        _gateway = await GatewayFixture.StartAsync(configure: builder => builder.Services.AddSingleton<IPasswordHasher<ThrottledPasswordHasher>>(_hasher));

    public async ValueTask DisposeAsync()
    {
        _hasher.Release();
        await _gateway.DisposeAsync();
    }

    [Fact]
    public async Task Many_parallel_logins_are_bounded_and_do_not_delay_other_requests()
    {
        _hasher.BlockChecks();
        var storm = Enumerable.Range(0, 100).Select(_ => _gateway.NewUser().Login("stuffed credential")).ToList();
        var refused = new List<HttpResponseMessage>();
        using var deadline = Deadline.Start();
        await foreach (var answer in Task.WhenEach(storm).Take(storm.Count - 18).WithCancellation(deadline.Token))
        {
            refused.Add(await answer);
        }

        await refused[0].ReadProblemAsync(HttpStatusCode.TooManyRequests);
        Assert.All(refused, answer => Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode));
        using var http = _gateway.CreateAnonymousClient();
        var others = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => http.GetAsync("/health/live")));
        Assert.All(others, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(18, storm.Count(login => !login.IsCompleted));

        _hasher.Release();
        var answers = await Task.WhenAll(storm);
        Assert.Equal(18, answers.Count(answer => answer.StatusCode is HttpStatusCode.Unauthorized));
        Assert.Equal(2, _hasher.MaxConcurrentChecks);
    }

    [Fact]
    public async Task Many_sign_ups_delay_neither_logins_nor_password_changes()
    {
        var ada = await _gateway.NewUser().SignUpAndVerify();
        var reset = await ada.NewCode("/auth/forgot-password");
        _hasher.BlockHashes();
        var flood = Enumerable.Range(0, 40).Select(_ => SignUp(_gateway.NewUser())).ToList();
        var refused = new List<HttpResponseMessage>();
        await foreach (var answer in Task.WhenEach(flood).Take(flood.Count - 17))
        {
            refused.Add(await answer);
        }

        await refused[0].ReadProblemAsync(HttpStatusCode.TooManyRequests);

        Assert.Equal(HttpStatusCode.OK, (await ada.Login()).StatusCode);
        var setting = ada.Reset(reset, "another good one");
        _hasher.Release();
        Assert.Equal(HttpStatusCode.OK, (await setting).StatusCode);
        var answers = await Task.WhenAll(flood);
        Assert.Equal(17, answers.Count(answer => answer.StatusCode is HttpStatusCode.Created));
        Assert.All(refused, answer => Assert.Equal((HttpStatusCode.TooManyRequests, true), (answer.StatusCode, answer.Headers.RetryAfter is not null)));
    }

    [Fact]
    public async Task No_password_is_hashed_for_a_taken_number_or_a_wrong_code()
    {
        var ada = await _gateway.NewUser().SignUpAndVerify();
        var code = await ada.NewCode("/auth/forgot-password");
        var before = _hasher.Hashes;

        await (await SignUp(ada)).ReadProblemAsync(HttpStatusCode.Conflict);
        await (await ada.Reset(ApiUser.WrongCode(code), "another good one")).ReadProblemAsync(HttpStatusCode.BadRequest);
        await (await ada.Reset(ApiUser.WrongCode(code), "another good one", ada.RequestId)).ReadProblemAsync(HttpStatusCode.BadRequest);

        Assert.Equal(before, _hasher.Hashes);
    }

    [Fact]
    public async Task A_code_stays_valid_when_the_server_is_too_busy_to_hash()
    {
        var people = await Task.WhenAll(Enumerable.Range(0, 30).Select(async _ =>
        {
            var person = await _gateway.NewUser().SignIn();
            return (Person: person, Code: await person.NewCode("/auth/forgot-password"));
        }));
        _hasher.BlockHashes();
        var resets = people.Select(one => one.Person.Reset(one.Code, ApiUser.Password)).ToList();
        await await Task.WhenAny(resets);
        _hasher.Release();
        var answers = await Task.WhenAll(resets);

        var busy = Array.FindIndex(answers, answer => answer.StatusCode is HttpStatusCode.TooManyRequests);
        Assert.InRange(busy, 0, answers.Length);
        var (ada, code) = people[busy];
        Assert.Equal(HttpStatusCode.OK, (await ada.Reset(code, ApiUser.Password)).StatusCode);
    }

    [Fact]
    public async Task Many_requests_of_one_user_do_not_block_password_changes_of_others()
    {
        var (ada, bob) = (await _gateway.NewUser().SignUpAndVerify(), await _gateway.NewUser().SignUpAndVerify());
        var (adas, bobs) = (await ada.NewCode("/auth/forgot-password"), await bob.NewCode("/auth/forgot-password"));
        _hasher.BlockHashes();
        var flood = Enumerable.Range(0, 40).Select(_ => ada.Reset(adas, ApiUser.Password)).ToList();
        await (await await Task.WhenAny(flood)).ReadProblemAsync(HttpStatusCode.TooManyRequests);

        var setting = bob.Reset(bobs, ApiUser.Password);
        _hasher.Release();
        Assert.Equal(HttpStatusCode.OK, (await setting).StatusCode);
        await Task.WhenAll(flood);
    }

    [Fact]
    public async Task Many_requests_of_one_user_do_not_block_logins_from_known_devices_of_others()
    {
        var (ada, bob) = (await _gateway.NewUser().SignUpAndVerify(), await _gateway.NewUser().SignUpAndVerify());
        _hasher.BlockChecks();
        var flood = Enumerable.Range(0, 40).Select(_ => ada.Login(device: ada.RefreshToken)).ToList();
        await (await await Task.WhenAny(flood)).ReadProblemAsync(HttpStatusCode.TooManyRequests);

        var login = bob.Login(device: bob.RefreshToken);
        _hasher.Release();
        Assert.Equal(HttpStatusCode.OK, (await login).StatusCode);
        await Task.WhenAll(flood);
    }

    private static Task<HttpResponseMessage> SignUp(ApiUser person) =>
        person.Post("/auth/signup", new { name = "Ada", mobile_number = person.Number, password = ApiUser.Password });

    private sealed class BlockingPasswordHasher()
        : PasswordHasher<ThrottledPasswordHasher>(Options.Create(new PasswordHasherOptions { IterationCount = 1_000 }))
    {
        private readonly ManualResetEventSlim _open = new(initialState: true);
        private readonly ManualResetEventSlim _openForChecks = new(initialState: true);
        private int _hashes;
        private int _checks;
        private int _maxChecks;

        public int Hashes => Volatile.Read(ref _hashes);

        /// <summary>Checks that ran at the same time, at most.</summary>
        public int MaxConcurrentChecks => Volatile.Read(ref _maxChecks);

        public void BlockHashes() => _open.Reset();

        public void BlockChecks() => _openForChecks.Reset();

        public void Release()
        {
            _open.Set();
            _openForChecks.Set();
        }

        public override string HashPassword(ThrottledPasswordHasher user, string password)
        {
            Interlocked.Increment(ref _hashes);
            _open.Wait();
            return base.HashPassword(user, password);
        }

        public override PasswordVerificationResult VerifyHashedPassword(ThrottledPasswordHasher user, string hashedPassword, string providedPassword)
        {
            var running = Interlocked.Increment(ref _checks);
            for (var max = MaxConcurrentChecks; running > max; max = MaxConcurrentChecks)
            {
                Interlocked.CompareExchange(ref _maxChecks, running, max);
            }

            _openForChecks.Wait();
            var outcome = base.VerifyHashedPassword(user, hashedPassword, providedPassword);
            Interlocked.Decrement(ref _checks);
            return outcome;
        }
    }
}
