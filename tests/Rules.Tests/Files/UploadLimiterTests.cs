using GeminiChat.Gateway.Files;

namespace GeminiChat.Rules.Tests.Files;

public sealed class UploadLimiterTests
{
    [Fact]
    public void A_place_that_is_given_back_twice_is_one_place()
    {
        var limiter = new UploadLimiter();
        var leases = Enumerable.Range(0, UploadLimiter.MaxUploads).Select(_ => limiter.Acquire(Guid.CreateVersion7(), out var _)!).ToList();
        leases[0].Dispose();
        leases[0].Dispose();

        Assert.NotNull(limiter.Acquire(Guid.CreateVersion7(), out _));
        Assert.Null(limiter.Acquire(Guid.CreateVersion7(), out var refusal));
        Assert.Same(FileProblems.TooManyUploads, refusal);
    }

    [Fact]
    public void A_user_has_few_places()
    {
        var (limiter, user) = (new UploadLimiter(), Guid.CreateVersion7());
        var leases = Enumerable.Range(0, UploadLimiter.MaxUploadsPerUser).Select(_ => limiter.Acquire(user, out var _)!).ToList();

        Assert.Null(limiter.Acquire(user, out var refusal));
        Assert.Same(FileProblems.TooManyUploadsOfUser, refusal);
        leases[0].Dispose();
        Assert.NotNull(limiter.Acquire(user, out _));
    }
}
