using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Chatrooms;

public sealed class PageTests(RoomCluster cluster) : IClassFixture<RoomCluster>
{
    [Fact]
    public async Task A_page_holds_no_more_text_than_a_page_may_and_the_next_one_has_the_rest()
    {
        await using var test = await cluster.NewRoom();
        for (var i = 0; i < 6; i++)
        {
            await test.PostAndAnswer($"question {i}", new string('a', IChatroomGrain.LongestPage / 4));
        }

        foreach (var isAwake in new[] { true, false })
        {
            var seen = new List<long>();
            for (long? before = null; before is not 1; before = seen[0])
            {
                var page = (await test.Room.Read(100, before))!;
                Assert.InRange(page.Messages.Sum(message => message.Content.Length), 1, IChatroomGrain.LongestPage);
                Assert.Equal(page.Messages[0].Id > 1, page.HasOlder);
                seen.InsertRange(0, page.Messages.Select(message => message.Id));
            }

            Assert.Equal(Enumerable.Range(1, 12).Select(id => (long)id), seen);
            if (isAwake)
            {
                await test.Forget();
            }
        }
    }
}
