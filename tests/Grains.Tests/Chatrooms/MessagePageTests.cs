using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Chatrooms;

public sealed class MessagePageTests(GrainTestCluster cluster) : IClassFixture<GrainTestCluster>
{
    [Fact]
    public async Task A_page_of_messages_is_limited_by_text_size_and_the_next_page_continues()
    {
        await using var test = await cluster.NewRoom();
        for (var i = 0; i < 6; i++)
        {
            await test.PostAndAnswer($"question {i}", new string('a', IChatroomGrain.MaxPageLength / 4));
        }

        foreach (var isAwake in new[] { true, false })
        {
            var seen = new List<long>();
            for (long? before = null; before is not 1; before = seen[0])
            {
                var page = (await test.Room.Read(100, before))!;
                Assert.InRange(page.Messages.Sum(message => message.Content.Length), 1, IChatroomGrain.MaxPageLength);
                Assert.Equal(page.Messages[0].Id > 1, page.HasOlder);
                seen.InsertRange(0, page.Messages.Select(message => message.Id));
            }

            Assert.Equal(Enumerable.Range(1, 12).Select(id => (long)id), seen);
            if (isAwake)
            {
                await test.Deactivate();
            }
        }
    }
}
