using System.Net;
using GeminiChat.GrainInterfaces;

namespace GeminiChat.Rules.Tests.Users;

/// <summary>Which silo a user's grains are placed on.</summary>
public sealed class UserSiloTests
{
    private const int Users = 20_000;

    private static readonly Guid[] Ids = [.. Enumerable.Range(0, Users).Select(_ => Guid.CreateVersion7())];

    // Silos of one machine that started in the same second differ in the port only.
    private static readonly SiloAddress[] Silos = [.. Enumerable.Range(0, 5).Select(i => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 11111 + i), 1))];

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void Users_are_spread_evenly(int silos)
    {
        var shares = Choose(Silos[..silos]).Values.CountBy(silo => silo).Select(users => users.Value * silos / (double)Users).ToList();
        Assert.Equal(silos, shares.Count);
        Assert.All(shares, share => Assert.InRange(share, 0.9, 1.1));
    }

    [Fact]
    public void When_a_silo_leaves_only_its_users_move()
    {
        var (before, after) = (Choose(Silos), Choose(Silos[1..]));
        Assert.All(Ids, id => Assert.True(before[id].Equals(Silos[0]) || before[id].Equals(after[id])));
    }

    [Fact]
    public void When_a_silo_joins_users_move_to_it_only()
    {
        var (before, after) = (Choose(Silos[..4]), Choose(Silos));
        Assert.All(Ids, id => Assert.True(after[id].Equals(Silos[4]) || before[id].Equals(after[id])));
    }

    [Fact]
    public void The_order_of_the_silos_does_not_matter() =>
        Assert.Equal(Choose(Silos), Choose([.. Silos.Reverse()]));

    [Fact]
    public void The_grains_of_a_user_belong_to_the_user()
    {
        var user = Guid.CreateVersion7();
        var room = GrainId.Create("chatroom", new RoomKey(user, Guid.CreateVersion7()).ToString());
        Assert.All(
            (GrainId[])[room, .. ((string[])["user", "usersecurity", "subscription"]).Select(type => GrainId.Create(GrainType.Create(type), GrainIdKeyExtensions.CreateGuidKey(user)))],
            grain =>
            {
                Assert.True(UserSilo.TryGetUser(grain, out var owner));
                Assert.Equal(user, owner);
            });
    }

    [Theory]
    [InlineData("phone", "0123456789abcdef0123456789abcdef")]
    [InlineData("numbersecret", "0")]
    [InlineData("chatroom", "not the key of a room")]
    public void Other_grains_belong_to_no_user(string type, string key) =>
        Assert.False(UserSilo.TryGetUser(GrainId.Create(type, key), out _));

    private static Dictionary<Guid, SiloAddress> Choose(SiloAddress[] silos) => Ids.ToDictionary(id => id, id => UserSilo.Choose(id, silos));
}
