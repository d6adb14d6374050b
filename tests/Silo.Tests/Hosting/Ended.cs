using GeminiChat.Silo.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace GeminiChat.Silo.Tests.Hosting;

/// <summary>A process that ends only as far as a test can see.</summary>
internal sealed class Ended
{
    private int _exits;

    public Ended() => Process = new ProcessEnd(NullLogger<ProcessEnd>.Instance, [], code =>
    {
        Assert.Equal(ProcessEnd.ExitCode, code);
        Interlocked.Increment(ref _exits);
    });

    public ProcessEnd Process { get; }

    public int Times => Volatile.Read(ref _exits);
}
