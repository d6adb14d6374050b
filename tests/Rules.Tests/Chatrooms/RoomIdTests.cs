using GeminiChat.Gateway.Chatrooms;

namespace GeminiChat.Rules.Tests.Chatrooms;

public sealed class RoomIdTests
{
    private static readonly Guid User = Guid.Parse("0199c8d8-1111-7222-8333-444455556666");

    [Fact]
    public void The_room_id_derived_from_user_and_key_never_changes()
    {
        Assert.Equal(RoomIds.FromIdempotencyKey(User, "key"), RoomIds.FromIdempotencyKey(User, "key"));
        Assert.Equal(Guid.Parse("3871ea6b-b076-848e-a5d6-955b79d4ba41"), RoomIds.FromIdempotencyKey(User, "key"));
    }

    [Fact]
    public void The_room_id_derived_from_user_and_chat_never_changes_and_is_that_of_no_key()
    {
        Assert.Equal(Guid.Parse("1bf943f1-20df-85ab-929f-e58cb8bcc8e4"), RoomIds.FromChatId(User, "my chat"));
        Assert.NotEqual(RoomIds.FromChatId(User, "my-chat"), RoomIds.FromIdempotencyKey(User, "my-chat"));
        Assert.NotEqual(RoomIds.FromChatId(User, "\u00e9"), RoomIds.FromChatId(User, "\u00e8"));
    }

    [Fact]
    public void Another_user_or_key_gives_another_room_id()
    {
        Assert.NotEqual(RoomIds.FromIdempotencyKey(User, "key"), RoomIds.FromIdempotencyKey(User, "kez"));
        Assert.NotEqual(RoomIds.FromIdempotencyKey(User, "key"), RoomIds.FromIdempotencyKey(Guid.CreateVersion7(), "key"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(255)]
    public void A_derived_id_is_a_uuid_of_version_8(int length)
    {
        var id = RoomIds.FromIdempotencyKey(User, new string('k', length));

        Assert.Equal(8, id.Version);
        Assert.Equal(0b10, id.Variant >> 2);
    }
}
