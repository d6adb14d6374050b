using System.Net;

namespace GeminiChat.Cluster.Tests;

/// <summary>PostgreSQL takes no writes, as when its disk is full or a replica has its place.</summary>
[Collection<ServerFaults>]
public sealed class DatabaseReadOnlyTests(ClusterFixture fixture)
{
    [Fact]
    public async Task While_the_database_is_read_only_posts_are_refused_and_reads_are_served()
    {
        var cluster = await fixture.GetHealthyCluster();
        var talk = new ChatDriver(cluster);
        cluster.Gemini.ReplyWith(talk.AnswerInFull);
        var user = await ChatUser.SignIn(cluster.Gateways[0].Http);
        var room = (await talk.Open(user, 1))[0];
        await talk.Post(room);
        await user.WaitForReply(room.Id, 2);
        using var crowd = await BackgroundLoad.Start(cluster, talk);
        await crowd.AssertProgress();

        await cluster.Postgres.SetConfiguration("default_transaction_read_only", "on");
        await cluster.Postgres.WaitForRows("select count(*) where current_setting('default_transaction_read_only')::bool");
        for (var i = 0; i < 5; i++)
        {
            using var post = await user.Send(HttpMethod.Post, $"/chatroom/{room.Id}/message", new { content = "never stored" });
            Assert.Equal(HttpStatusCode.ServiceUnavailable, post.StatusCode);
            Assert.NotNull(post.Headers.RetryAfter);
            Assert.Equal(2, (await user.Get($"/chatroom/{room.Id}")).GetProperty("messages").GetArrayLength());
            Assert.Equal("completed", (await user.Get($"/chatroom/{room.Id}/message/2")).Status());
            Assert.NotEmpty((await user.Get("/chatroom")).EnumerateArray());
        }

        Assert.DoesNotContain(cluster.Silos, silo => silo.HasExited);
        await cluster.Postgres.SetConfiguration("default_transaction_read_only", "off");

        await talk.Post(room);
        await crowd.AssertProgress();
        await crowd.StopAndVerify();
        await user.WaitForReply(room.Id, 4);
        await talk.VerifyRooms([room]);
    }
}
