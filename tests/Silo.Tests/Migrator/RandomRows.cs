using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;

namespace GeminiChat.Silo.Tests.Migrator;

/// <summary>Rows of every table of a process of its own, with what is hard to carry among them.</summary>
internal sealed class RandomRows(int seed)
{
    private static readonly string[] EdgeCaseTexts =
    [
        "", " ", "'", "\"; drop table users; --", "\\", "\\N", "\t\r\n\v\f\b", "\u0001\u001f\u007f\u0085\u2028\u2029", "NUL \0 inside", "\0",
        "\ufeffbom", "\uffff\ufffe", "🙂 👨‍👩‍👧‍👦 e\u0301 \u202eRTL", "𝔘𝔫𝔦", "null", "a,b\t{c}\"d\"", new('x', 20_000),
    ];

    private readonly Random _random = new(seed);

    public static string Text(string text) => text.Replace('\0', '\uFFFD');

    public async Task Fill(SqliteConnection main, SqliteConnection grains, int rows)
    {
        // Each row alone would wait for the disk.
        await main.ExecuteAsync("begin transaction");
        await grains.ExecuteAsync("begin transaction");
        for (var i = 0; i < rows; i++)
        {
            var (user, room) = (Id(), Id());
            await main.ExecuteAsync(
                "insert into users values (@user, @number, @name, @at, @tier, @until, @version, @legacy, @identity)",
                new { user, identity = OrNull(Digits()), number = String(), name = OrNull(String()), at = Long(), tier = _random.Next(2), until = OrNull(Long()), version = Long(), legacy = OrNull(_random.NextInt64()) });
            await main.ExecuteAsync(
                "insert into rooms values (@room, @user, @name, @prompt, @at, @at, @at, @next, @by, @accept, 1, @at, @legacy, @head, @head, @pinned, @archived, @temporary, @options)",
                new { room, user, name = String(), prompt = OrNull(String()), at = Long(), next = Long(), by = Digits(), accept = OrNull(Id()), legacy = OrNull(_random.NextInt64()), head = OrNull(Long()), pinned = _random.Next(2), archived = _random.Next(2), temporary = _random.Next(2), options = OrNull(String()) });
            await main.ExecuteAsync(
                "insert into messages values (@room, @id, @id % 2, @text, @at, @status, @id, null, @reason, @model, @at, null, 1, @key, @at, @day, null, @rating, @comment, @thoughts, @details, @skipped, @n, @n, @n)",
                Enumerable.Range(1, _random.Next(5)).Select(id => Message(room, id)));
            await main.ExecuteAsync(
                "insert into branches values (@room, @id, @parent, @edited)", new { room, id = Long(), parent = Long(), edited = OrNull(Long()) });
            await main.ExecuteAsync(
                "insert into shares values (@share, @token, @room, @user, @at, @name, @at, @expires, @ended)",
                new { share = Id(), token = Digits(), room, user, at = Long(), name = String(), expires = OrNull(Long()), ended = _random.Next(2) });
            await main.ExecuteAsync(
                "insert into files values (@file, @user, @name, @type, @at, @hash, @at, @key, @unused, @text, @text, @text, @unused)",
                new { file = Id(), user, name = String(), type = String(), at = Long(), hash = Digits(), key = OrNull(Digits()), unused = OrNull(Long()), text = OrNull(String()) });
            await main.ExecuteAsync("insert into message_files values (@room, @id, @file, @user)", new { room, id = Long(), file = Id(), user });
            await main.ExecuteAsync(
                "insert into file_erasures values (@file, @user, @at, @text, @text, @at)", new { file = Id(), user, at = Long(), text = OrNull(String()) });
            await main.ExecuteAsync(
                "insert into webhook_deliveries values (null, @n, @event, @room, @text, @at, @at, @at, @n)",
                new { n = _random.Next(10), @event = Id(), room, text = String(), at = Long() });
            await main.ExecuteAsync("insert into usage values (@user, @day, @used, @back, @stops, @limit, @searches)", Usage(user));
            await main.ExecuteAsync("insert into former_usage values (@phone, @day, @used, @back, @stops, @searches)", Usage(user));
            await main.ExecuteAsync("insert into stripe_customers values (@user, @id, @at)", new { user, id = OrNull(Digits()), at = OrNull(Long()) });
            await main.ExecuteAsync(
                "insert into stripe_events values (@id, @user, @customer, @at, @done)",
                new { id = $"{(i % 2 == 0 ? "evt_" : "Evt-é")}{Digits()}", user, customer = OrNull(Digits()), at = Long(), done = OrNull(Long()) });
            await main.ExecuteAsync(
                "insert into api_keys values (@key, @hash, @name, @scope, @at, @until, @until, @until)",
                new { key = Id(), hash = Digits(), name = String(), scope = _random.Next(2), at = Long(), until = OrNull(Long()) });
            await main.ExecuteAsync("insert into deleted_rooms values (@room, @user, @at, 1)", new { room = Id(), user, at = Long() });
            await main.ExecuteAsync("insert into deleted_users values (@user, @at, 0)", new { user = Id(), at = Long() });
            await grains.ExecuteAsync(
                "insert into OrleansStorage values (@hash, @n, @n, @type, @name, @extension, 'geminichat', @payload, @at, @version)",
                State());
        }

        await main.ExecuteAsync("commit transaction");
        await grains.ExecuteAsync("commit transaction");
    }

    private object Usage(Guid user) => new
    {
        user,
        phone = Digits(),
        day = _random.Next(),
        used = _random.Next(),
        back = _random.Next(),
        stops = _random.Next(),
        limit = _random.Next(),
        searches = _random.Next(),
    };

    private object Message(Guid room, int id) => new
    {
        room,
        id,
        text = String(),
        at = Long(),
        status = _random.Next(6),
        reason = OrNull(String()),
        model = OrNull(String()),
        key = OrNull($"{id} {Digits()}"),
        day = OrNull((long)_random.Next(1_000_000)),
        rating = OrNull((long)_random.Next(2)),
        comment = OrNull(String()),
        thoughts = OrNull(String()),
        details = OrNull(String()),
        skipped = OrNull(Long()),
        n = OrNull(Long()),
    };

    private object State() => new
    {
        hash = _random.Next(int.MinValue, int.MaxValue),
        n = Long(),
        type = _random.Next(int.MinValue, int.MaxValue),
        name = Digits(),
        extension = OrNull($"{Digits()}é"),
        payload = OrNull(Bytes()),
        at = DateTime.UnixEpoch.AddTicks(_random.NextInt64(TimeSpan.TicksPerDay * 20_000)).ToString("yyyy-MM-dd HH:mm:ss.fffffff", CultureInfo.InvariantCulture),
        version = _random.Next(),
    };

    private Guid Id()
    {
        var bytes = new byte[16];
        _random.NextBytes(bytes);
        return new Guid(bytes);
    }

    private string String() => EdgeCaseTexts[_random.Next(EdgeCaseTexts.Length)];

    private string Digits() => _random.NextInt64().ToString("D19", CultureInfo.InvariantCulture);

    private long Long() => _random.Next(10) switch
    {
        0 => long.MinValue,
        1 => long.MaxValue,
        _ => _random.NextInt64(),
    };

    private byte[] Bytes()
    {
        var bytes = new byte[_random.Next(300)];
        _random.NextBytes(bytes);
        return bytes;
    }

    private T? OrNull<T>(T value)
        where T : class => _random.Next(3) == 0 ? null : value;

    private long? OrNull(long value) => _random.Next(3) == 0 ? null : value;

    private Guid? OrNull(Guid value) => _random.Next(3) == 0 ? null : value;
}
