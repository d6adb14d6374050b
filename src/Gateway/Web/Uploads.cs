using System.IO.Pipelines;

namespace GeminiChat.Gateway.Web;

/// <summary>
/// Gives up the bodies that are still on their way a little after this process began to leave: the web server waits
/// for every request, and a slow upload can take minutes.
/// </summary>
internal sealed class Uploads : IDisposable
{
    /// <summary>What a body still gets.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _over;

    public Uploads(IHostApplicationLifetime lifetime, TimeProvider time)
    {
        _over = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        lifetime.ApplicationStopping.Register(() => _over.CancelAfter(Grace));
    }

    /// <summary>Until the result is disposed, a read of this body is cancelled when its time is over.</summary>
    public CancellationTokenRegistration Watch(PipeReader body) =>
        _over.Token.UnsafeRegister(static body => ((PipeReader)body!).CancelPendingRead(), body);

    public void Dispose() => _over.Dispose();
}
