using System.Security.Cryptography;
using System.Text;
using GeminiChat.GrainInterfaces;

namespace GeminiChat.Rules.Tests.Text;

public sealed class GrainKeyTests
{
    private const string User = "0199c8d8-1111-7222-8333-444455556666";
    private const string Room = "0199c8d8-aaaa-7bbb-8ccc-ddddeeeeffff";

    [Fact]
    public void A_number_is_addressed_by_half_of_its_keyed_hash()
    {
        byte[] secret = [1, 2, 3];
        var hash = HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes("+14155550123"));
        var key = PhoneKey.Of(secret, "+14155550123");
        Assert.Equal(Convert.ToHexStringLower(hash)[..32], key.ToString());
        Assert.Equal(key, PhoneKey.Parse(key.ToString()));
        Assert.NotEqual(key, PhoneKey.Of([1, 2, 4], "+14155550123"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("+14155550123")]
    [InlineData(User)]
    public void Another_text_is_no_key_of_a_number(string text) => Assert.Throws<FormatException>(() => PhoneKey.Parse(text));

    [Fact]
    public void A_key_without_a_number_has_no_text() => Assert.Throws<InvalidOperationException>(() => default(PhoneKey).ToString());

    [Fact]
    public void A_room_is_addressed_by_its_owner_and_its_id()
    {
        var key = new RoomKey(Guid.Parse(User), Guid.Parse(Room));
        Assert.Equal($"{User}/{Room}", key.ToString());
        Assert.Equal(key, RoomKey.Parse($"{User}/{Room}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("short/")]
    [InlineData(User)]
    [InlineData(User + "-" + Room)]
    [InlineData(User + "/" + Room + " ")]
    [InlineData("0199c8d8-1111-7222-8333-44445555666x/" + Room)]
    [InlineData(User + "/0199c8d8-aaaa-7bbb-8ccc-ddddeeeefffx")]
    public void Another_text_is_no_key_of_a_room(string text) => Assert.Throws<FormatException>(() => RoomKey.Parse(text));
}
