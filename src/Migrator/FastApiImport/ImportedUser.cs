using System.Text.RegularExpressions;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Subscriptions;
using GeminiChat.Grains.Users;

namespace GeminiChat.Migrator.FastApiImport;

/// <summary>A user of the FastAPI service who can be imported.</summary>
/// <param name="Id">The new id.</param>
/// <param name="Number">The number, E.164.</param>
/// <param name="Key">The grain key of the number.</param>
/// <param name="Old">The row of the FastAPI service.</param>
internal sealed partial record ImportedUser(Guid Id, string Number, Guid Key, FastApiUser Old)
{
    private const int MaxName = 200;

    // For users who are Pro without a subscription at Stripe: time to subscribe.
    private static readonly TimeSpan ProGracePeriod = TimeSpan.FromDays(30);

    private const string InsertUser = """
        insert into users (user_id, mobile_number, name, created_at, tier, tier_valid_until, tier_version, legacy_id)
        values (@id, @number, @name, @created, @tier, @until, @version, @legacy)
        on conflict do nothing
        """;

    // The check is due at once. The subscription's grain then reads the subscription from Stripe.
    private const string InsertCustomer = """
        insert into stripe_customers (user_id, customer_id, check_at) values (@id, @customer, @now) on conflict do nothing
        """;

    private string? CustomerId => Old.CustomerId is ['c', 'u', 's', '_', ..] id ? id : null;

    private string? SubscriptionId => Old.SubscriptionId is ['s', 'u', 'b', '_', ..] id ? id : null;

    /// <summary>
    /// The hash of the password, if sign-in can check it and the user has verified the number. An unverified user may have signed
    /// up with another person's number, who would then get an account that this password opens too.
    /// </summary>
    public string? PasswordHash =>
        Old is { HasProvedNumber: true, PasswordHash: { } hash } && Bcrypt().IsMatch(hash) ? hash : null;

    public bool IsAtStripe => CustomerId is not null || SubscriptionId is not null;

    /// <summary>The state of the phone grain.</summary>
    public PhoneState Phone => new() { UserId = Id, IsVerified = Old.HasProvedNumber, Number = Number };

    /// <summary>The statements that insert the user's rows.</summary>
    public IEnumerable<ImportStatement> Rows(DateTimeOffset now)
    {
        var grant = Grant(now);
        yield return new(InsertUser,
        [
            ("id", Id),
            ("number", Number),
            ("name", string.IsNullOrWhiteSpace(Old.Name) ? null : FastApiValues.Cut(Old.Name, MaxName)),
            ("created", (Old.CreatedAt ?? now).ToUnixTimeMilliseconds()),
            ("tier", (int)grant.Tier),
            ("until", grant.ValidUntil?.ToUnixTimeMilliseconds()),
            ("version", grant.Version),
            ("legacy", Old.Id),
        ]);
        if (IsAtStripe)
        {
            yield return new(InsertCustomer, [("id", Id), ("customer", CustomerId), ("now", now.ToUnixTimeMilliseconds())]);
        }
    }

    /// <summary>The statements that insert the state of the user's grains.</summary>
    public IEnumerable<ImportStatement> States(GrainStateSerializer serializer, DateTimeOffset now)
    {
        if (PasswordHash is { } hash)
        {
            yield return GrainStateRow.Of("security", Id).ToInsert(serializer.Write(new UserSecurity { PasswordHash = hash }), now);
        }

        if (Old.IsPro || SubscriptionId is not null)
        {
            var known = SubscriptionId is { } id
                ? new StoredSubscription(id, ProviderSubscriptionStatus.Unknown, PeriodStart: null, PeriodEnd: null, CancelAtPeriodEnd: false)
                : null;
            var state = new SubscriptionState { Subscription = known, Grant = Grant(now) };
            yield return GrainStateRow.Of("subscription", Id).ToInsert(serializer.Write(state), now);
        }
    }

    private TierGrant Grant(DateTimeOffset now) => Old.IsPro
        ? new TierGrant(Tier.Pro, now + ProGracePeriod, Version: 1)
        : new TierGrant(Tier.Basic, ValidUntil: null, Version: 0);

    // A cost of up to 14, which takes a few seconds for a sign-in. A higher cost would block all other sign-ins.
    [GeneratedRegex(@"^\$2[aby]?\$(?:0[4-9]|1[0-4])\$[./A-Za-z0-9]{53}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Bcrypt();
}
