using GeminiChat.GrainInterfaces;
using GeminiChat.Grains.Tests.Hosting;

namespace GeminiChat.Grains.Tests.Users;

/// <summary>What a user leaves behind is erased, whatever fails on the way.</summary>
public sealed class ErasureTests(GrainTestCluster cluster) : IClassFixture<GrainTestCluster>, IDisposable
{
    public static TheoryData<string> Steps => new("number", "subscription", "room", "profile");

    public void Dispose() => RemoveFaults();

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task A_failed_erasure_step_is_retried(string step)
    {
        var ada = await DeletedUserDriver.Create(cluster);
        FailStep(step, () =>
        {
            RemoveFaults();
            throw Away();
        });

        await ada.DeleteAccount();
        await CheckErased(ada);
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task An_erasure_interrupted_by_deactivation_is_completed_by_the_next_activation(string step)
    {
        var ada = await DeletedUserDriver.Create(cluster);
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        FailStep(step, () =>
        {
            reached.TrySetResult();
            return end.Task;
        });
        await ada.DeleteAccount();
        await reached.Task.WaitAsync(Deadline.Timeout, TestContext.Current.CancellationToken);
        await cluster.Deactivate(ada.User);
        RemoveFaults();
        end.SetException(Away());

        // As the recovery pass does.
        Assert.Contains(ada.Id, await cluster.UserRows.ListDeletedUsers(Guid.Empty, limit: 1000));
        await ada.User.Wake();
        await CheckErased(ada);
    }

    [Fact]
    public async Task An_erasure_stops_after_several_failed_tries_and_continues_when_woken()
    {
        var ada = await DeletedUserDriver.Create(cluster);
        var tries = 0;
        FailStep("profile", () =>
        {
            tries++;
            throw Away();
        });
        await ada.DeleteAccount();
        await cluster.WaitForDeactivation(ada.User);
        Assert.Equal(5, tries);

        RemoveFaults();
        await ada.User.Wake();
        await CheckErased(ada);
    }

    [Fact]
    public async Task Waking_an_existing_user_has_no_effect()
    {
        var ada = await DeletedUserDriver.Create(cluster);
        await ada.User.Wake();
        Assert.Single((await ada.User.ListRooms()).Rooms);
    }

    private static StoreUnavailableException Away() => new("as the test wishes");

    /// <summary>Runs something before a step of the erasure.</summary>
    private void FailStep(string step, Func<Task> before)
    {
        switch (step)
        {
            case "number":
                cluster.UserStoreFaults.BeforeNumber = before;
                break;
            case "subscription":
                cluster.SubscriptionStoreFaults.BeforeRemind = before;
                break;
            case "room":
                cluster.RoomStoreFaults.NextDelete = async delete =>
                {
                    await before();
                    return await delete();
                };
                break;
            default:
                cluster.UserStoreFaults.BeforeErase = before;
                break;
        }
    }

    private void RemoveFaults()
    {
        (cluster.UserStoreFaults.BeforeNumber, cluster.UserStoreFaults.BeforeErase) = (null, null);
        (cluster.SubscriptionStoreFaults.BeforeRemind, cluster.RoomStoreFaults.NextDelete) = (null, null);
    }

    private async Task CheckErased(DeletedUserDriver ada)
    {
        await ada.WaitUntilErased();
        Assert.DoesNotContain(ada.Id, await cluster.UserRows.ListDeletedUsers(Guid.Empty, limit: 1000));
        Assert.Empty(await cluster.UserRows.LoadRooms(ada.Id));
        Assert.True(await cluster.Store.WasDeleted(ada.Room));
        Assert.Empty(await cluster.FindColumnsWith(ada.Number[1..]));
        Assert.NotEqual(ada.Id, await ada.SignIn());
    }
}
