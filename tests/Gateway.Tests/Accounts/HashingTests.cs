using System.Net;
using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Tests.Live;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace GeminiChat.Gateway.Tests.Accounts;

/// <summary>What is hashed for whom, over HTTP; how long a hash takes is in the test's hands.</summary>
public sealed class HashingTests : IAsyncLifetime
{
    private readonly HeldHasher _hasher = new();
    private LiveGateway _gateway = null!;

    public async ValueTask InitializeAsync() =>
        _gateway = await LiveGateway.StartAsync(builder => builder.Services.AddSingleton<IPasswordHasher<Passwords>>(_hasher));

    public async ValueTask DisposeAsync()
    {
        _hasher.Release();
        await _gateway.DisposeAsync();
    }

    [Fact]
    public async Task A_flood_of_sign_ups_keeps_neither_logins_nor_new_passwords_waiting()
    {
        var ada = await _gateway.NewPerson().Join();
        var reset = await ada.NewCode("/auth/forgot-password");
        _hasher.Hold();
        var flood = Enumerable.Range(0, 40).Select(_ => SignUp(_gateway.NewPerson())).ToList();
        var refused = await await Task.WhenAny(flood);
        await refused.ProblemAsync(HttpStatusCode.TooManyRequests);

        Assert.Equal(HttpStatusCode.OK, (await ada.Login()).StatusCode);
        var setting = ada.Reset(reset, "another good one");
        _hasher.Release();
        Assert.Equal(HttpStatusCode.OK, (await setting).StatusCode);
        Assert.Equal(17, (await Task.WhenAll(flood)).Count(answer => answer.StatusCode is HttpStatusCode.Created));
    }

    [Fact]
    public async Task Neither_a_number_that_is_taken_nor_a_wrong_code_costs_a_hash()
    {
        var ada = await _gateway.NewPerson().Join();
        var code = await ada.NewCode("/auth/forgot-password");
        var before = _hasher.Hashes;

        await (await SignUp(ada)).ProblemAsync(HttpStatusCode.Conflict);
        await (await ada.Reset(Person.Wrong(code), "another good one")).ProblemAsync(HttpStatusCode.BadRequest);
        await (await ada.Reset(Person.Wrong(code), "another good one", ada.RequestId)).ProblemAsync(HttpStatusCode.BadRequest);

        Assert.Equal(before, _hasher.Hashes);
    }

    [Fact]
    public async Task A_server_too_busy_to_hash_costs_nobody_their_code()
    {
        var people = await Task.WhenAll(Enumerable.Range(0, 30).Select(async _ =>
        {
            var person = await _gateway.NewPerson().SignIn();
            return (Person: person, Code: await person.NewCode("/auth/forgot-password"));
        }));
        _hasher.Hold();
        var resets = people.Select(one => one.Person.Reset(one.Code, Person.Password)).ToList();
        await await Task.WhenAny(resets);
        _hasher.Release();
        var answers = await Task.WhenAll(resets);

        var busy = Array.FindIndex(answers, answer => answer.StatusCode is HttpStatusCode.TooManyRequests);
        Assert.InRange(busy, 0, answers.Length);
        var (ada, code) = people[busy];
        Assert.Equal(HttpStatusCode.OK, (await ada.Reset(code, Person.Password)).StatusCode);
    }

    [Fact]
    public async Task A_flood_of_one_user_keeps_no_other_from_a_new_password()
    {
        var (ada, bob) = (await _gateway.NewPerson().Join(), await _gateway.NewPerson().Join());
        var (adas, bobs) = (await ada.NewCode("/auth/forgot-password"), await bob.NewCode("/auth/forgot-password"));
        _hasher.Hold();
        var flood = Enumerable.Range(0, 40).Select(_ => ada.Reset(adas, Person.Password)).ToList();
        await (await await Task.WhenAny(flood)).ProblemAsync(HttpStatusCode.TooManyRequests);

        var setting = bob.Reset(bobs, Person.Password);
        _hasher.Release();
        Assert.Equal(HttpStatusCode.OK, (await setting).StatusCode);
        await Task.WhenAll(flood);
    }

    [Fact]
    public async Task A_flood_of_one_user_keeps_no_other_known_device_out()
    {
        var (ada, bob) = (await _gateway.NewPerson().Join(), await _gateway.NewPerson().Join());
        _hasher.HoldChecks();
        var flood = Enumerable.Range(0, 40).Select(_ => ada.Login(device: ada.Refresh)).ToList();
        await (await await Task.WhenAny(flood)).ProblemAsync(HttpStatusCode.TooManyRequests);

        var login = bob.Login(device: bob.Refresh);
        _hasher.Release();
        Assert.Equal(HttpStatusCode.OK, (await login).StatusCode);
        await Task.WhenAll(flood);
    }

    private static Task<HttpResponseMessage> SignUp(Person person) =>
        person.Post("/auth/signup", new { name = "Ada", mobile_number = person.Number, password = Person.Password });

    private sealed class HeldHasher : PasswordHasher<Passwords>
    {
        private readonly ManualResetEventSlim _open = new(initialState: true);
        private readonly ManualResetEventSlim _openForChecks = new(initialState: true);
        private int _hashes;

        public int Hashes => Volatile.Read(ref _hashes);

        public void Hold() => _open.Reset();

        public void HoldChecks() => _openForChecks.Reset();

        public void Release()
        {
            _open.Set();
            _openForChecks.Set();
        }

        public override string HashPassword(Passwords user, string password)
        {
            Interlocked.Increment(ref _hashes);
            _open.Wait();
            return base.HashPassword(user, password);
        }

        public override PasswordVerificationResult VerifyHashedPassword(Passwords user, string hashedPassword, string providedPassword)
        {
            _openForChecks.Wait();
            return base.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
    }
}
