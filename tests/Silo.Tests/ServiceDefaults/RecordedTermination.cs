using GeminiChat.ServiceDefaults.Startup;
using Microsoft.Extensions.Logging.Abstractions;

namespace GeminiChat.Silo.Tests.ServiceDefaults;

/// <summary>A process that ends only as far as a test can see.</summary>
internal sealed class RecordedTermination
{
    private int _exits;

    public RecordedTermination() => Terminator = new ProcessTerminator(NullLogger<ProcessTerminator>.Instance, [], code =>
    {
        Assert.Equal(ProcessTerminator.ExitCode, code);
        Interlocked.Increment(ref _exits);
    });

    public ProcessTerminator Terminator { get; }

    public int Count => Volatile.Read(ref _exits);
}
