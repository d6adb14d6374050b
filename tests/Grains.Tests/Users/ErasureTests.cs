using GeminiChat.GrainInterfaces;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Users;

/// <summary>What a user leaves behind is erased, whatever fails on the way.</summary>
public sealed class ErasureTests(RoomCluster cluster) : IClassFixture<RoomCluster>, IDisposable
{
    public static TheoryData<string> Steps => new("number", "subscription", "room", "profile");

    public void Dispose() => Heal();

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task A_step_that_fails_is_tried_again(string step)
    {
        var ada = await Leaver.Join(cluster);
        Stumble(step, () =>
        {
            Heal();
            throw Away();
        });

        await ada.Leave();
        await CheckErased(ada);
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task An_activation_that_ends_in_the_middle_of_a_step_leaves_the_rest_to_the_next(string step)
    {
        var ada = await Leaver.Join(cluster);
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Stumble(step, () =>
        {
            reached.TrySetResult();
            return end.Task;
        });
        await ada.Leave();
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await cluster.Forget(ada.User);
        Heal();
        end.SetException(Away());

        // As the recovery pass does.
        Assert.Contains(ada.Id, await cluster.UserRows.DeletedUsers(Guid.Empty, limit: 1000));
        await ada.User.Wake();
        await CheckErased(ada);
    }

    [Fact]
    public async Task It_gives_up_after_some_tries_and_goes_on_when_woken()
    {
        var ada = await Leaver.Join(cluster);
        var tries = 0;
        Stumble("profile", () =>
        {
            tries++;
            throw Away();
        });
        await ada.Leave();
        await cluster.WaitUntilGone(ada.User);
        Assert.Equal(5, tries);

        Heal();
        await ada.User.Wake();
        await CheckErased(ada);
    }

    [Fact]
    public async Task To_wake_somebody_who_is_there_harms_nobody()
    {
        var ada = await Leaver.Join(cluster);
        await ada.User.Wake();
        Assert.Single((await ada.User.ListRooms()).Rooms);
    }

    private static StoreUnavailableException Away() => new("as the test wishes");

    /// <summary>Runs something before a step of the erasure.</summary>
    private void Stumble(string step, Func<Task> before)
    {
        switch (step)
        {
            case "number":
                cluster.Users.BeforeNumber = before;
                break;
            case "subscription":
                cluster.Subscriptions.BeforeRemind = before;
                break;
            case "room":
                cluster.Spoilt.NextDelete = async delete =>
                {
                    await before();
                    return await delete();
                };
                break;
            default:
                cluster.Users.BeforeErase = before;
                break;
        }
    }

    private void Heal()
    {
        (cluster.Users.BeforeNumber, cluster.Users.BeforeErase) = (null, null);
        (cluster.Subscriptions.BeforeRemind, cluster.Spoilt.NextDelete) = (null, null);
    }

    private async Task CheckErased(Leaver ada)
    {
        await ada.UntilErased();
        Assert.DoesNotContain(ada.Id, await cluster.UserRows.DeletedUsers(Guid.Empty, limit: 1000));
        Assert.Empty(await cluster.UserRows.LoadRooms(ada.Id));
        Assert.True(await cluster.Store.WasDeleted(ada.Room));
        Assert.Empty(await cluster.ColumnsWith(ada.Number[1..]));
        Assert.NotEqual(ada.Id, await ada.SignIn());
    }
}
