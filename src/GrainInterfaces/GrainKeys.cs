using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Models;
using GeminiChat.GrainInterfaces.Subscriptions;
using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.GrainInterfaces;

/// <summary>The one place where grain keys are built.</summary>
public static class GrainKeys
{
    /// <summary>The grain of a mobile number.</summary>
    public static IPhoneGrain Phone(this IGrainFactory grains, PhoneKey number) =>
        grains.Get<IPhoneGrain>(number.ToString());

    /// <summary>The grain of the subject of an issuer.</summary>
    public static IIdentityGrain Identity(this IGrainFactory grains, IdentityKey identity) =>
        grains.Get<IIdentityGrain>(identity.ToString());

    /// <summary>The grain of the secret that turns phone numbers into keys.</summary>
    public static INumberSecretGrain NumberSecret(this IGrainFactory grains) => grains.Get<INumberSecretGrain>(0);

    /// <summary>The grain of the day's budget of text messages.</summary>
    public static ISendBudgetGrain SendBudget(this IGrainFactory grains) => grains.Get<ISendBudgetGrain>(0);

    /// <summary>The grain of a user.</summary>
    public static IUserGrain User(this IGrainFactory grains, Guid userId) => grains.Get<IUserGrain>(userId);

    /// <summary>The grain of a user's password and sessions.</summary>
    public static IUserSecurityGrain UserSecurity(this IGrainFactory grains, Guid userId) =>
        grains.Get<IUserSecurityGrain>(userId);

    /// <summary>The grain of a user's room.</summary>
    public static IChatroomGrain Chatroom(this IGrainFactory grains, RoomKey room) =>
        grains.Get<IChatroomGrain>(room.ToString());

    /// <summary>The grain of all shares.</summary>
    public static IShareGrain Shares(this IGrainFactory grains) => grains.Get<IShareGrain>(0);

    /// <summary>The grain of all API keys.</summary>
    public static IApiKeyGrain ApiKeys(this IGrainFactory grains) => grains.Get<IApiKeyGrain>(0);

    /// <summary>The grain of the models that users can choose.</summary>
    public static IModelCatalogGrain Models(this IGrainFactory grains) => grains.Get<IModelCatalogGrain>(0);

    /// <summary>The grain of a user's subscription.</summary>
    public static ISubscriptionGrain Subscription(this IGrainFactory grains, Guid userId) =>
        grains.Get<ISubscriptionGrain>(userId);

    /// <summary>The grain that receives the payment provider's events.</summary>
    public static IPaymentInboxGrain PaymentInbox(this IGrainFactory grains) => grains.Get<IPaymentInboxGrain>(0);

    /// <summary>The grain that looks for missed events of the payment provider.</summary>
    public static IReconciliationGrain Reconciliation(this IGrainFactory grains) => grains.Get<IReconciliationGrain>(0);

    private static T Get<T>(this IGrainFactory grains, Guid key)
        where T : IGrainWithGuidKey => grains.Get<T>(GrainIdKeyExtensions.CreateGuidKey(key));

    private static T Get<T>(this IGrainFactory grains, string key)
        where T : IGrainWithStringKey => grains.Get<T>(IdSpan.Create(key));

    private static T Get<T>(this IGrainFactory grains, long key)
        where T : IGrainWithIntegerKey => grains.Get<T>(GrainIdKeyExtensions.CreateIntegerKey(key));

    // Orleans reads the attributes of the interface by reflection in each call that names it, so only the first one does.
    private static T Get<T>(this IGrainFactory grains, IdSpan key)
        where T : IGrain
    {
        if (Types<T>.Value is { } types)
        {
            return (T)grains.GetGrain(GrainId.Create(types.Grain, key), types.Interface);
        }

        var grain = (GrainReference)grains.GetGrain(typeof(T), key);
        Types<T>.Value = new(grain.GrainId.Type, grain.InterfaceType);
        return (T)(object)grain;
    }

    private sealed record GrainTypes(GrainType Grain, GrainInterfaceType Interface);

    // The names of a grain's types, which are the same in each client and silo.
    private static class Types<T>
    {
        public static GrainTypes? Value { get; set; }
    }
}

/// <summary>
/// The key of a mobile number: a keyed hash of the number. Orleans logs grain keys, and a log must not contain phone
/// numbers. A hash without a secret would not protect the number, because all numbers can be tried.
/// </summary>
public readonly record struct PhoneKey
{
    private const int Bytes = 16;

    private readonly string? _text;

    private PhoneKey(string text) => _text = text;

    /// <summary>Computes the key of a number.</summary>
    /// <param name="secret">The secret that <see cref="INumberSecretGrain"/> stores.</param>
    /// <param name="e164">The number, such as <c>+4915112345678</c>.</param>
    public static PhoneKey Of(ReadOnlySpan<byte> secret, string e164) =>
        new(Convert.ToHexStringLower(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(e164)).AsSpan(0, Bytes)));

    /// <summary>Parses a text that <see cref="ToString"/> has written.</summary>
    /// <exception cref="FormatException">The text is not the key of a number.</exception>
    public static PhoneKey Parse(string key) => Guid.TryParseExact(key, "N", out _)
        ? new PhoneKey(key)
        : throw new FormatException("Not the key of a number.");

    /// <summary>The grain key: 32 hexadecimal digits.</summary>
    public override string ToString() => _text ?? throw new InvalidOperationException("This key has no number.");
}

/// <summary>
/// The key of an identity: a keyed hash of issuer and subject. A subject may be an e-mail address, which must not be in a log.
/// </summary>
public readonly record struct IdentityKey
{
    private const int Bytes = 16;

    private readonly string? _text;

    private IdentityKey(string text) => _text = text;

    /// <summary>Computes the key of an identity.</summary>
    /// <param name="secret">The secret that <see cref="INumberSecretGrain"/> stores.</param>
    /// <param name="issuer">The issuer, without line breaks.</param>
    /// <param name="subject">The subject, which is unique at the issuer.</param>
    public static IdentityKey Of(ReadOnlySpan<byte> secret, string issuer, string subject) =>
        new(Convert.ToHexStringLower(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"{issuer}\n{subject}")).AsSpan(0, Bytes)));

    /// <summary>Parses a text that <see cref="ToString"/> has written.</summary>
    /// <exception cref="FormatException">The text is not the key of an identity.</exception>
    public static IdentityKey Parse(string key) => Guid.TryParseExact(key, "N", out _)
        ? new IdentityKey(key)
        : throw new FormatException("Not the key of an identity.");

    /// <summary>The grain key: 32 hexadecimal digits.</summary>
    public override string ToString() => _text ?? throw new InvalidOperationException("This key has no identity.");
}

/// <summary>
/// The key of a room: its owner and its id. The owner is part of the key, so that another user's room cannot be
/// addressed at all.
/// </summary>
/// <param name="UserId">The owner.</param>
/// <param name="RoomId">The room, unique among all users.</param>
[GenerateSerializer, Immutable, Alias("geminichat.RoomKey")]
public readonly record struct RoomKey([property: Id(0)] Guid UserId, [property: Id(1)] Guid RoomId)
{
    private const int GuidLength = 36;

    /// <summary>The grain key: both ids in their 36-character form, joined by a slash.</summary>
    public override string ToString() => $"{UserId:D}/{RoomId:D}";

    /// <summary>Parses a text that <see cref="ToString"/> has written.</summary>
    /// <exception cref="FormatException">The text is not a room's key.</exception>
    public static RoomKey Parse(string key) =>
        TryParse(key, out var parsed) ? parsed.Value : throw new FormatException("Not a room's key.");

    private static bool TryParse(string key, [NotNullWhen(true)] out RoomKey? parsed)
    {
        var isKey = key.Length == (2 * GuidLength) + 1 && key[GuidLength] == '/';
        parsed = isKey
            && Guid.TryParseExact(key.AsSpan(0, GuidLength), "D", out var user)
            && Guid.TryParseExact(key.AsSpan(GuidLength + 1), "D", out var room)
                ? new RoomKey(user, room)
                : null;
        return parsed is not null;
    }
}
