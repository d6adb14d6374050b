using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace GeminiChat.EndToEnd.Tests.Migrator;

/// <summary>Users of the FastAPI service before this one, moved by the program and served by it.</summary>
public sealed class FastApiImportTests : IDisposable
{
    private const string Ada = "+4915123456789";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Imported_users_sign_in_see_their_messages_can_post_and_can_be_copied_to_a_clusters_database(bool toSqlite)
    {
        await using var old = await FastApiDatabase.Create();
        await using var target = await TemporaryDatabase.Create();
        var url = toSqlite ? "sqlite:///data/geminichat.db" : target.Url;
        var (code, output) = await MigrateProcess.Run(_folder.Path, "--from-fastapi", old.Url, "--to", url, "--region", "DE");
        Assert.True(code == 0, output);
        CheckReport(output);
        if (toSqlite)
        {
            await CheckCopy(url, target);
        }

        await using var gateway = await GatewayProcess.Start(_folder.Path, ("DATABASE_URL", url));
        var ada = await LogIn(gateway, Ada);
        await CheckRooms(ada);
        await CheckProfile(ada);
        Assert.Equal("Pro", (await (await LogIn(gateway, "+4915123456780")).Get("/user/me")).GetProperty("subscription").GetString());
        Assert.Equal(
            (await ada.Get("/user/me")).GetProperty("id").GetString(),
            (await (await SignInByCode(gateway, Ada)).Get("/user/me")).GetProperty("id").GetString());
        Assert.Null((await (await SignInByCode(gateway, "+4915123456785")).Get("/user/me")).GetProperty("name").GetString());
        Assert.Equal("Its owner", (await (await LogIn(gateway, "+4915123456788")).Get("/user/me")).GetProperty("name").GetString());
        using var wrong = await Login(gateway, Ada, "another password");
        using var unusable = await Login(gateway, "+4915123456785", "plain text");
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (wrong.StatusCode, unusable.StatusCode));
        await CheckPasswordOfUnverifiedNumber(gateway);
    }

    [Fact]
    public async Task Without_a_region_nothing_is_imported_a_second_import_does_nothing_and_an_interrupted_one_resumes()
    {
        await using var old = await FastApiDatabase.Create();
        await old.Execute("alter table users add column stripe_customer_id text; update users set stripe_customer_id = 'cus_1' where id = 1");
        await using var target = await TemporaryDatabase.Create();
        string[] withoutRegion = ["--from-fastapi", old.Url, "--to", target.Url], words = [.. withoutRegion, "--region", "DE"];
        var (forgotten, answer) = await MigrateProcess.Run(_folder.Path, withoutRegion);
        Assert.Equal((1, "migrate: Numbers without a country code: 1. Give --region."), (forgotten, answer.TrimEnd()));
        var (first, firstOutput) = await MigrateProcess.Run(_folder.Path, words);
        Assert.True(first == 0, firstOutput);
        await CheckStripeCustomers(target);

        var (second, secondOutput) = await MigrateProcess.Run(_folder.Path, words);
        Assert.Equal(0, second);
        Assert.StartsWith("Nothing to do", secondOutput, StringComparison.Ordinal);

        // As if it had been killed with the first of two rooms and some users stored.
        await target.Execute("""
            update moves set done_at = null, digest = null;
            delete from messages where room_id in (select room_id from rooms where legacy_id > 10);
            delete from rooms where legacy_id > 10;
            delete from users where legacy_id > 2;
            """);
        var (third, thirdOutput) = await MigrateProcess.Run(_folder.Path, words);

        Assert.True(third == 0, thirdOutput);
        CheckReport(thirdOutput);
        Assert.Equal(6, await target.Count("select count(distinct user_id) from users"));
        Assert.Equal(9, await target.Count("select count(*) from messages"));
    }

    [Fact]
    public async Task A_database_of_another_program_is_refused()
    {
        await using var old = await TemporaryDatabase.Create();
        await old.Execute("create table users (id serial primary key, email text)");
        await using var target = await TemporaryDatabase.Create();

        var (code, output) = await MigrateProcess.Run(_folder.Path, "--from-fastapi", old.Url, "--to", target.Url);

        Assert.Equal(1, code);
        Assert.Contains("not the old service's", output, StringComparison.Ordinal);
    }

    /// <summary>What was imported to a single process can be copied to a cluster's database.</summary>
    private async Task CheckCopy(string from, TemporaryDatabase target)
    {
        var (code, output) = await MigrateProcess.Run(_folder.Path, "--from", from, "--to", target.Url);
        Assert.True(code == 0, output);
        Assert.Equal(6, await target.Count("select count(*) from users"));
    }

    /// <summary>They are due for a check at once, with their newest subscription.</summary>
    private static async Task CheckStripeCustomers(TemporaryDatabase target)
    {
        Assert.Equal(1, await target.Count("select count(*) from stripe_customers where customer_id = 'cus_1' and check_at is not null"));
        Assert.Equal(1, await target.Count("select count(*) from stripe_customers where customer_id is null and check_at is not null"));
        Assert.Equal(1, await target.Count("select count(*) from orleansstorage where position('sub_newest'::bytea in payloadbinary) > 0"));
    }

    private static void CheckReport(string output)
    {
        foreach (var line in new[]
        {
            "users moved: 6", "rooms moved: 3", "messages moved: 8", "messages that stood for an answer which never came, not moved: 2",
            "questions without an answer, moved with a failed reply: 1", "questions without text, moved as (empty): 1",
            "messages over 512 KB, cut: 1", "messages of an unknown sender, not moved: 1", "answers before any question, not moved: 1",
            "users with a number that another one has, not moved: 2", "users whose number cannot be read, not moved: 1",
            "users whose password is not to be trusted or cannot be checked, moved to sign in by code: 2", "rooms of users who were not moved, not moved: 2",
            "users who are Pro by a mark only, moved with 30 days of it: 1", "  user 4: users whose number", "  user 3: users with a number", "  user 8: users with a number",
            "  user 7: users whose password",
        })
        {
            Assert.Contains(line, output, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("23456", output, StringComparison.Ordinal);
        Assert.DoesNotContain("$2b$", output, StringComparison.Ordinal);
    }

    private static async Task CheckRooms(ChatUser ada)
    {
        var rooms = (await ada.Get("/chatroom")).EnumerateArray().ToDictionary(room => room.GetProperty("name").GetString()!);
        Assert.Equal(["New chat", "Plans"], rooms.Keys.Order(StringComparer.Ordinal));
        var plans = rooms["Plans"].GetProperty("id").GetString()!;
        var messages = (await ada.Get($"/chatroom/{plans}")).GetProperty("messages").EnumerateArray().ToList();
        Assert.Equal(
            ["first question 🙂", "first answer", "never answered", "", "asked twice", "one answer", "another answer"],
            messages.Select(message => message.Content()));
        Assert.Equal([1L, 2, 3, 4, 5, 6, 7], messages.Select(message => message.Id()));
        Assert.Equal(DateTimeOffset.Parse("2024-05-01T10:01:02.345Z"), messages[0].GetProperty("timestamp").GetDateTimeOffset());
        Assert.Equal("interrupted", messages[3].Reason());
        Assert.Equal(7, messages[5].GetProperty("superseded_by").GetInt64());

        using var again = await ada.Send(HttpMethod.Post, $"/chatroom/{plans}/message/4/regenerate");
        Assert.Equal(HttpStatusCode.Accepted, again.StatusCode);
        Assert.Equal("completed", (await ada.WaitForReply(plans, 8)).Status());
        var reply = (await ada.Post(plans, "and on")).GetProperty("reply").Id();
        Assert.Equal("completed", (await ada.WaitForReply(plans, reply)).Status());

        var other = (await ada.Get($"/chatroom/{rooms["New chat"].GetProperty("id").GetString()}")).GetProperty("messages");
        Assert.Equal(("incomplete", "length"), (other[1].Status(), other[1].Reason()));
        Assert.Equal(512 * 1024, System.Text.Encoding.UTF8.GetByteCount(other[1].Content()));
    }

    private static async Task CheckProfile(ChatUser ada)
    {
        var profile = await ada.Get("/user/me");
        Assert.Equal(("Ada", Ada), (profile.GetProperty("name").GetString(), profile.GetProperty("mobile_number").GetString()));
        Assert.Equal(DateTimeOffset.Parse("2024-05-01T10:00:00Z"), profile.GetProperty("created_at").GetDateTimeOffset());
    }

    /// <summary>Whoever signed up with a number of somebody else cannot use it any more when its owner has signed in.</summary>
    private static async Task CheckPasswordOfUnverifiedNumber(GatewayProcess gateway)
    {
        await SignInByCode(gateway, FastApiDatabase.UnverifiedNumber);
        using var login = await Login(gateway, FastApiDatabase.UnverifiedNumber, FastApiDatabase.Password);
        Assert.Equal(HttpStatusCode.Unauthorized, login.StatusCode);
    }

    private static async Task<ChatUser> LogIn(GatewayProcess gateway, string number)
    {
        using var answer = await Login(gateway, number, FastApiDatabase.Password);
        return UserOf(gateway, await ChatUser.Json(answer));
    }

    private static Task<HttpResponseMessage> Login(GatewayProcess gateway, string number, string password) =>
        gateway.Http.PostAsJsonAsync("/auth/login", new { mobile_number = number, password });

    private static async Task<ChatUser> SignInByCode(GatewayProcess gateway, string number)
    {
        var sent = await ChatUser.Json(await gateway.Http.PostAsJsonAsync("/auth/send-otp", new { mobile_number = number }));
        var session = await gateway.Http.PostAsJsonAsync(
            "/auth/verify-otp", new { mobile_number = number, otp_code = sent.GetProperty("otp").GetString() });
        return UserOf(gateway, await ChatUser.Json(session));
    }

    private static ChatUser UserOf(GatewayProcess gateway, JsonElement session) =>
        new(gateway.Http, session.GetProperty("access_token").GetString()!);
}
