using Dapper;
using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Users;
using GeminiChat.ServiceDefaults.Startup;
using GeminiChat.Silo.Tests.Store;
using GeminiChat.Silo.Tests.Webhooks;
using Microsoft.Data.Sqlite;

namespace GeminiChat.Silo.Tests.Migrator;

/// <summary>From a process of its own to a cluster's database.</summary>
public sealed class DatabaseCopyTests
{
    /// <summary>Each row as one text, written independently of what moves it.</summary>
    private static readonly (string Sqlite, string Postgres)[] Rows =
    [
        (
            """
            select lower(room_id) || '|' || id || '|' || sender || '|' || created_at || '|' || status || '|' || coalesce(reason, '-') || '|'
              || coalesce(model, '-') || '|' || coalesce(idempotency_key, '-') || '|' || touched_at || '|' || coalesce(charged_day, '-')
              || '|' || content from messages
            """,
            """
            select room_id || '|' || id || '|' || sender || '|' || created_at || '|' || status || '|' || coalesce(reason, '-') || '|'
              || coalesce(model, '-') || '|' || coalesce(idempotency_key, '-') || '|' || touched_at || '|' || coalesce(charged_day::text, '-')
              || '|' || content from messages
            """),
        (
            """
            select lower(room_id) || '|' || lower(user_id) || '|' || name || '|' || coalesce(system_prompt, '-') || '|' || updated_at || '|'
              || next_id || '|' || created_as || '|' || coalesce(lower(last_accept), '-') || '|' || coalesce(legacy_id, '-') from rooms
            """,
            """
            select room_id || '|' || user_id || '|' || name || '|' || coalesce(system_prompt, '-') || '|' || updated_at || '|'
              || next_id || '|' || created_as || '|' || coalesce(last_accept::text, '-') || '|' || coalesce(legacy_id::text, '-') from rooms
            """),
        (
            "select lower(user_id) || '|' || mobile_number || '|' || coalesce(name, '-') || '|' || tier_version || '|' || coalesce(tier_valid_until, '-') from users",
            "select user_id || '|' || mobile_number || '|' || coalesce(name, '-') || '|' || tier_version || '|' || coalesce(tier_valid_until::text, '-') from users"),
        (
            "select event_id || '|' || lower(user_id) || '|' || received_at || '|' || coalesce(done_at, '-') from stripe_events",
            "select event_id || '|' || user_id || '|' || received_at || '|' || coalesce(done_at::text, '-') from stripe_events"),
        (
            "select lower(user_id) || '|' || utc_day || '|' || used from usage",
            "select user_id || '|' || utc_day || '|' || used from usage"),
    ];

    private const string States = """
        select GrainIdHash || '|' || GrainIdN0 || '|' || GrainIdN1 || '|' || GrainTypeHash || '|' || GrainTypeString || '|'
          || coalesce(GrainIdExtensionString, '-') || '|' || Version || '|' || {0} || '|' || {1} from OrleansStorage
        """;

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 60)]
    [InlineData(3, 300)]
    public async Task Every_row_and_every_grain_state_is_copied_unchanged(int seed, int rows)
    {
        await using var pair = await CopyPair.Create();
        await pair.Fill(seed, rows);

        var (code, output, errors) = await pair.RunCopy();

        Assert.True(code == 0, errors);
        Assert.Contains("SECRET_KEY", output, StringComparison.Ordinal);
        await using var source = (SqliteConnection)await pair.Source.Open();
        await using var grains = await pair.OpenGrains();
        await using var target = await pair.Target.Open();
        foreach (var (sqlite, postgres) in Rows)
        {
            Assert.Equal(await Sorted(source, sqlite), await Sorted(target, postgres));
        }

        Assert.Equal(
            await Sorted(grains, string.Format(States, "case when PayloadBinary is null then '-' else hex(PayloadBinary) end", "substr(ModifiedOn, 1, 26)")),
            await Sorted(target, string.Format(States, "coalesce(upper(encode(PayloadBinary, 'hex')), '-')", "to_char(ModifiedOn, 'YYYY-MM-DD HH24:MI:SS.US')")));
        foreach (var table in new[] { "shares", "files", "message_files", "file_erasures", "stripe_customers", "deleted_rooms", "deleted_users" })
        {
            Assert.Equal(rows, await pair.Target.Count($"select count(*) from {table}"));
        }
    }

    [Fact]
    public async Task Copied_messages_are_found_when_the_copy_has_ended()
    {
        await using var pair = await CopyPair.Create();
        RoomKey room;
        await using (var host = await StoreHost.Start(pair.Source.Url))
        {
            room = await host.Rooms.CreateRoomWithTurns(60);
        }

        var (code, _, errors) = await pair.RunCopy();

        Assert.True(code == 0, errors);
        await using var copy = await StoreHost.Start(pair.Target.Url);
        var found = await copy.Service<IMessageSearch>().Search(room.UserId, new MessageSearch("hello", 100));
        Assert.Equal(60, Assert.IsType<SearchOutcome.Found>(found).Messages.Length);
        Assert.Equal(0, await pair.Target.Count("select count(*) from unindexed_rooms"));
    }

    [Fact]
    public async Task Events_for_webhooks_are_copied_and_new_ones_come_after_them()
    {
        await using var pair = await CopyPair.Create();
        await using var receiver = await FakeWebhookReceiver.Start();
        GrainInterfaces.RoomKey room;
        await using (var source = await WebhookSender.Start(pair.Source, TimeProvider.System, delivers: false, receiver))
        {
            room = await source.FinishReplies(2);
            await source.Host.Rooms.Stores(SampleData.Accept(room, 5));
        }

        Assert.Equal(0, (await pair.RunCopy()).Code);

        await using var target = await WebhookSender.Start(pair.Target, TimeProvider.System, delivers: false, receiver);
        await target.FinishReply(room, 6);
        await using var connection = await pair.Target.Open();
        var events = (await connection.QueryAsync<string>("select payload from webhook_deliveries order by seq")).ToList();
        Assert.Equal(3, events.Count);
        Assert.Contains("\"id\":6,", events[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_copy_does_nothing_and_does_not_touch_a_target_in_use()
    {
        await using var pair = await CopyPair.Create();
        await pair.Fill(seed: 4, rows: 20);
        Assert.Equal(0, (await pair.RunCopy()).Code);
        await pair.Target.Execute("update rooms set name = 'renamed since'");

        var (code, output, _) = await pair.RunCopy();

        Assert.Equal(0, code);
        Assert.StartsWith("Nothing to do", output, StringComparison.Ordinal);
        Assert.Equal(20, await pair.Target.Count("select count(*) from rooms where name = 'renamed since'"));
    }

    [Fact]
    public async Task A_source_changed_after_the_copy_is_reported()
    {
        await using var pair = await CopyPair.Create();
        await pair.Fill(seed: 5, rows: 5);
        Assert.Equal(0, (await pair.RunCopy()).Code);
        await pair.Fill(seed: 6, rows: 1);

        await AssertRefused(pair, "has changed since it was moved");
    }

    [Fact]
    public async Task A_target_that_holds_data_is_refused()
    {
        await using var pair = await CopyPair.Create();
        await using (var host = await StoreHost.Start(pair.Target.Url))
        {
            await host.Rooms.CreateRoomWithTurns(1);
        }

        await AssertRefused(pair, "holds other data");
    }

    [Fact]
    public async Task A_target_with_tables_of_another_program_is_refused_and_not_changed()
    {
        await using var pair = await CopyPair.Create();
        await pair.Target.Execute("create table users (id serial primary key)");

        await AssertRefused(pair, "tables of another program");

        Assert.Equal(1, await pair.Target.Count("select count(*) from information_schema.tables where table_schema = 'public'"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_database_that_a_process_uses_is_refused(bool isTarget)
    {
        await using var pair = await CopyPair.Create();
        await using var user = await StoreHost.Start(isTarget ? pair.Target.Url : pair.Source.Url, clustered: isTarget);

        await AssertRefused(pair, "in use by a running process");
    }

    [Fact]
    public async Task A_missing_source_file_is_refused_and_not_created()
    {
        await using var pair = await CopyPair.Create();
        File.Delete(pair.Source.File);

        await AssertRefused(pair, "does not exist");

        Assert.False(File.Exists(pair.Source.File));
    }

    [Theory]
    [InlineData("insert into SchemaVersions (ScriptName, Applied) values ('9999_later.sql', '')", "newer version's")]
    [InlineData("delete from SchemaVersions where ScriptName like '0007%'", "older version's")]
    public async Task A_source_of_another_version_is_refused(string change, string reason)
    {
        await using var pair = await CopyPair.Create();
        await pair.Source.Execute(change);

        await AssertRefused(pair, reason);
    }

    [Fact]
    public async Task A_target_of_a_newer_version_is_refused()
    {
        await using var pair = await CopyPair.Create();
        await using (await StoreHost.Start(pair.Target.Url))
        {
        }

        await pair.Target.Execute("insert into schema_versions (scriptname, applied) values ('9999_later.sql', now())");

        await AssertRefused(pair, "newer version's");
    }

    [Fact]
    public async Task No_process_starts_on_a_partial_copy()
    {
        await using var pair = await CopyPair.Create();
        await using (await StoreHost.Start(pair.Target.Url))
        {
        }

        await pair.Target.Execute("insert into moves (source, began_at) values ('elsewhere', 0)");

        var refusal = await Assert.ThrowsAsync<StartupException>(() => StoreHost.Start(pair.Target.Url));
        Assert.Contains("only a part", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_changed_during_an_interruption_is_detected()
    {
        await using var pair = await CopyPair.Create();
        await pair.Fill(seed: 7, rows: 10);
        Assert.Equal(0, (await pair.RunCopy()).Code);
        await pair.Target.Execute("update moves set done_at = null, digest = null");
        await pair.Source.Execute("update messages set content = 'other' where rowid = 1");

        await AssertRefused(pair, "messages differs from the source");
    }

    private static async Task AssertRefused(CopyPair pair, string reason)
    {
        var (code, _, errors) = await pair.RunCopy();
        Assert.Equal(1, code);
        Assert.Contains(reason, errors, StringComparison.Ordinal);
        Assert.Single(errors.TrimEnd().Split('\n'));
    }

    private static async Task<List<string>> Sorted(System.Data.Common.DbConnection connection, string sql)
    {
        // As bytes: the driver's text ends at a NUL.
        var rows = connection is SqliteConnection
            ? (await connection.QueryAsync<byte[]>(sql.Replace("select ", "select cast(", StringComparison.Ordinal).Replace(" from ", " as blob) from ", StringComparison.Ordinal)))
                .Select(row => RandomRows.Text(System.Text.Encoding.UTF8.GetString(row)))
            : await connection.QueryAsync<string>(sql);
        return [.. rows.Order(StringComparer.Ordinal)];
    }
}
