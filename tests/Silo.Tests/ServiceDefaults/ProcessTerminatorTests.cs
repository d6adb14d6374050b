using GeminiChat.ServiceDefaults.Startup;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace GeminiChat.Silo.Tests.ServiceDefaults;

public sealed class ProcessTerminatorTests
{
    [Fact]
    public void The_reason_reaches_a_console_that_is_behind_before_the_process_ends()
    {
        using var console = new SlowConsole();
        using var services = OnConsole(console);
        string? written = null;
        var end = new ProcessTerminator(
            services.GetRequiredService<ILogger<ProcessTerminator>>(), services.GetServices<ILoggerProvider>(), _ => written = console.Text);

        end.Terminate("This and that is broken.");

        Assert.Contains("This and that is broken.", written, StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_that_fails_at_the_end_does_not_keep_the_process()
    {
        using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        var hasEnded = false;
        var end = new ProcessTerminator(
            services.GetRequiredService<ILogger<ProcessTerminator>>(), [new Last(() => throw new IOException("full"))], _ => hasEnded = true);

        Assert.Throws<AggregateException>(() => end.Terminate("This and that is broken."));

        Assert.True(hasEnded);
    }

    /// <summary>The framework's own console log, which takes the console that is there when it is made.</summary>
    private static ServiceProvider OnConsole(SlowConsole console)
    {
        var services = new ServiceCollection()
            .AddLogging(logging => logging.AddConsole())
            .AddSingleton<ILoggerProvider>(new Last(console.GoOn))
            .BuildServiceProvider();
        var ownConsole = Console.Out;
        Console.SetOut(console);
        try
        {
            Assert.Contains(services.GetServices<ILoggerProvider>(), log => log is ConsoleLoggerProvider);
        }
        finally
        {
            Console.SetOut(ownConsole);
        }

        return services;
    }

    /// <summary>Takes nothing before the logs are disposed of.</summary>
    private sealed class SlowConsole : StringWriter
    {
        private readonly ManualResetEventSlim _goesOn = new();

        public string Text
        {
            get
            {
                lock (_goesOn)
                {
                    return ToString();
                }
            }
        }

        public void GoOn() => _goesOn.Set();

        public override void Write(string? value)
        {
            _goesOn.Wait();
            lock (_goesOn)
            {
                base.Write(value);
            }
        }
    }

    /// <summary>A log that does something when it is disposed of.</summary>
    private sealed class Last(Action disposed) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

        public void Dispose() => disposed();
    }
}
