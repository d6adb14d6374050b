namespace GeminiChat.EndToEnd.Tests.Migrator;

/// <summary>The database of the FastAPI service before this one.</summary>
internal static class FastApiDatabase
{
    public const string Password = "the old password";

    /// <summary>A number with which somebody who does not have it signed up.</summary>
    public const string UnverifiedNumber = "+4915123456787";

    // Made by libxcrypt, as passlib's bcrypt would.
    private const string Hash = "$2b$12$3JrBp2ZfEnAP2sCzvXc8yeME46ThjWPqF3ry6l5/eEg3XadEW2YtW";

    private const string Tables = """
        create table users (
          id serial primary key, mobile_number varchar unique not null, is_verified boolean default false,
          subscription_type varchar default 'Basic', created_at timestamptz default now(), name varchar, password_hash varchar);
        create table subscriptions (
          id serial primary key, user_id integer references users, stripe_subscription_id varchar not null, status varchar);
        create table chatrooms (
          id serial primary key, user_id integer references users, name varchar not null, created_at timestamptz default now());
        create table messages (
          id serial primary key, chatroom_id integer references chatrooms, sender varchar not null, content text not null,
          timestamp timestamp default now());
        """;

    private const string Rows = $"""
        insert into users (id, mobile_number, is_verified, subscription_type, created_at, name, password_hash) values
          (1, '+49 151 23456789', true, 'Basic', '2024-05-01 12:00:00+02', 'Ada', '{Hash}'),
          (2, '015123456780', true, 'Pro', '2024-05-02', 'Grace', '{Hash}'),
          (3, '+4915123456789', true, 'Basic', '2024-05-03', 'Ada once more', '{Hash}'),
          (4, 'ask my mother', true, 'Basic', '2024-05-04', 'Nobody', '{Hash}'),
          (5, '+49 151 23456785', false, 'Basic', null, null, 'plain text'),
          (6, '+49 151 23456786', true, 'Pro', 'infinity', 'Sub', '{Hash}'),
          (7, '{UnverifiedNumber}', false, 'Basic', '2024-05-07', 'Not its owner', '{Hash}'),
          (8, '+49 151 23456788', false, 'Basic', '2024-05-08', 'Not its owner', '{Hash}'),
          (9, '+4915123456788', true, 'Basic', '2024-05-09', 'Its owner', '{Hash}');
        insert into subscriptions (id, user_id, stripe_subscription_id, status) values
          (2, 6, 'sub_newest', 'active'), (1, 6, 'sub_first', 'canceled');
        insert into chatrooms (id, user_id, name, created_at) values
          (10, 1, 'Plans', '2024-05-01'), (11, 2, 'Empty', '2024-05-02'), (12, 3, 'Lost', '2024-05-03'),
          (13, null, 'Of nobody', '2024-05-03'), (14, 1, '', '2024-05-04');
        insert into messages (chatroom_id, sender, content, timestamp) values
          (10, 'ai', 'before any question', '2024-05-01 10:00'),
          (10, 'user', 'first question 🙂', '2024-05-01 10:01:02.345'),
          (10, 'ai', '(processing...)', '2024-05-01 10:01:03'),
          (10, 'ai', 'first answer', '2024-05-01 10:01:04'),
          (10, 'user', 'never answered', '2024-05-01 10:02'),
          (10, 'ai', '(processing...)', '2024-05-01 10:02'),
          (10, 'user', 'asked twice', '2024-05-01 10:03'),
          (10, 'AI', 'one answer', '2024-05-01 10:04'),
          (10, 'ai', 'another answer', '2024-05-01 10:05'),
          (10, 'system', 'who am I', '2024-05-01 10:06'),
          (12, 'user', 'of a user who is not moved', '2024-05-01'),
          (14, 'user', '', '2024-05-04'),
          (14, 'ai', repeat('é', 300000), '2024-05-04');
        """;

    public static async Task<TemporaryDatabase> Create()
    {
        var database = await TemporaryDatabase.Create();
        await database.Execute(Tables);
        await database.Execute(Rows);
        return database;
    }
}
