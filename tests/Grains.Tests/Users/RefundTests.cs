using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Model;
using GeminiChat.Grains.Tests.Chatrooms;
using GeminiChat.Grains.Tests.Hosting;
using Microsoft.Extensions.AI;
using static GeminiChat.Grains.Tests.Users.DailyLimitFixture;

namespace GeminiChat.Grains.Tests.Users;

/// <summary>Which replies are given back to their day.</summary>
[Collection(DailyLimitCollection.Name)]
public sealed class RefundTests(DailyLimitFixture limited)
{
    private GrainTestCluster Cluster => limited.Cluster;

    [Fact]
    public async Task A_failed_reply_is_refunded_to_the_day_that_counted_it()
    {
        await using var test = await Cluster.NewRoom();
        var day = limited.Today;
        await test.Post("one");
        var call = await test.Model.NextCall();
        Cluster.Time.Advance(TimeSpan.FromDays(1));
        await (await test.CreateAnotherRoom()).Post(new NewMessage("next day", "k"));
        call.Fail(ModelFault.Config);
        Assert.Equal(MessageStatus.Failed, (await test.Room.ReadToEnd(2)).End.Status);
        Assert.Equal((0, 1), (await limited.StoredUsage(test, day), await limited.StoredUsage(test)));
    }

    [Theory]
    [InlineData(ModelFault.Rejected, EndReasons.FileRefused, 1)]
    [InlineData(ModelFault.Config, EndReasons.ModelConfig, 0)]
    public async Task A_question_whose_file_the_model_refuses_is_not_refunded(ModelFault fault, string reason, int used)
    {
        await using var test = await Cluster.NewRoom();
        await test.PostWithFile("look", "image/png");
        (await test.Model.NextCall()).Fail(fault);

        var (_, end) = await test.Room.ReadToEnd(2);
        Assert.Equal((MessageStatus.Failed, reason), (end.Status, end.Reason));
        Assert.Equal(used, await limited.StoredUsage(test));
    }

    [Fact]
    public async Task A_refund_can_be_used_at_once()
    {
        await using var test = await Cluster.NewRoom();
        test.Model.Answer = _ => "hi";
        await UseUpDailyLimit(test, but: 1);
        test.Model.Answer = null;
        await test.Post("fails");
        var call = await NextOpenCall(test);
        call.Fail(ModelFault.Config);
        await test.WaitUntil(async () => await limited.ReportedUsage(test) == Limit - 1);
        test.Model.Answer = _ => "hi";
        await test.Post("works");
        Assert.Equal(Limit, await limited.StoredUsage(test));
    }

    [Fact]
    public async Task A_stop_before_the_model_call_is_refunded()
    {
        await using var test = await Cluster.NewRoom();
        await test.Post("one");
        await test.Post("two");
        await test.Model.NextCall();
        await test.Room.Stop(4);
        await test.Room.Stop(4);
        Assert.Equal(1, await limited.StoredUsage(test));
        await test.Room.Stop(2);
        Assert.Equal(1, await limited.StoredUsage(test));
    }

    [Fact]
    public async Task Refused_prompts_are_not_refunded()
    {
        await using var test = await Cluster.NewRoom();
        for (var i = 0; i < Limit; i++)
        {
            var turn = await test.Post("refused");
            (await test.Model.NextCall()).Finish(ChatFinishReason.ContentFilter);
            var (_, end) = await test.Room.ReadToEnd(turn.Reply.Id);
            Assert.Equal((MessageStatus.Failed, EndReasons.Safety), (end.Status, end.Reason));
        }

        Assert.IsType<PostOutcome.QuotaExceeded>(await test.Room.Post(new NewMessage("more", "more")));
        Assert.Equal((Limit, Limit), (await limited.StoredUsage(test), test.Model.Calls.Count));
    }

    [Fact]
    public async Task Stops_before_the_model_call_are_refunded_up_to_the_daily_limit()
    {
        await using var test = await Cluster.NewRoom();
        await test.Post("runs");
        await test.Model.NextCall();
        var accepted = 1;
        while (await test.Room.Post(new NewMessage("stopped", $"k{accepted}")) is PostOutcome.Accepted turn)
        {
            await test.Room.Stop(turn.Reply.Id);
            Assert.InRange(++accepted, 2, 2 * Limit);
        }

        Assert.Equal((2 * Limit, Limit), (accepted, await limited.StoredUsage(test)));
        Assert.Single(test.Model.Calls);
    }

    [Fact]
    public async Task No_more_than_five_times_the_daily_limit_is_accepted_even_with_refunds()
    {
        await using var test = await Cluster.NewRoom();
        for (var i = 0; i < DailyUsage.AcceptedLimitMultiplier * Limit; i++)
        {
            var turn = await test.Post("fails", $"k{i}");
            (await test.Model.NextCall()).Fail(ModelFault.Config);
            await test.Room.ReadToEnd(turn.Reply.Id);
        }

        await CheckRefused();
        Assert.Equal(1, (await test.Post("fails", "k0")).Message.Id);
        await Cluster.Deactivate(limited.UserOf(test));
        await CheckRefused();
        await limited.UserOf(test).SetTier(Pro);
        Assert.Equal(ProLimit, (await limited.UserOf(test).GetUsage())!.Remaining());
        await test.Post("more", "more");

        async Task CheckRefused()
        {
            var refusal = Assert.IsType<PostOutcome.QuotaExceeded>(await test.Room.Post(new NewMessage("more", "more")));
            Assert.Equal((0, 25, 0), (refusal.Usage.Used, refusal.Usage.Accepted, refusal.Usage.Remaining()));
        }
    }

    [Fact]
    public async Task A_stop_after_a_model_call_of_an_earlier_activation_is_not_refunded()
    {
        await using var test = await Cluster.NewRoom();
        await test.Post("one");
        (await test.Model.NextCall()).SendText("half");
        await test.Room.ReadUntil(2, "half");
        await test.Deactivate();
        await test.Room.Stop(2);
        Assert.Equal(1, await limited.StoredUsage(test));
    }

    private static async Task<FakeModelCall> NextOpenCall(RoomDriver test)
    {
        while (true)
        {
            var call = await test.Model.NextCall();
            if (!call.Closed.IsCompleted && call.Question == "fails")
            {
                return call;
            }
        }
    }
}
