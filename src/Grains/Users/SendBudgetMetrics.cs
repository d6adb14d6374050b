using System.Diagnostics.Metrics;

namespace GeminiChat.Grains.Users;

/// <summary>Metrics of the day's budget of text messages. The silo that runs the grain reports them.</summary>
internal sealed class SendBudgetMetrics
{
    private static SendBudgetMetrics? _current;

    private readonly TimeProvider _time;
    private Usage _last = new(Day: 0, Used: 0);

    static SendBudgetMetrics() => Instruments.Meter.CreateObservableGauge(
        "geminichat.otp.budget.used", Observe, unit: null, "The part of the day's budget of text messages that is used, 0 to 1.");

    public SendBudgetMetrics(TimeProvider time)
    {
        _time = time;
        Volatile.Write(ref _current, this);
    }

    /// <summary>Records how many of the day's messages have been sent.</summary>
    public void Record(int day, int sent, int limit) => Volatile.Write(ref _last, new Usage(day, (double)sent / limit));

    /// <summary>Stops reporting, because the grain has left this silo.</summary>
    public void Stop() => Interlocked.CompareExchange(ref _current, null, this);

    private static IEnumerable<Measurement<double>> Observe() =>
        Volatile.Read(ref _current) is { } here ? [new Measurement<double>(here.Now())] : [];

    /// <summary>The used share of the budget. On a new day it is zero, even before the first message.</summary>
    private double Now()
    {
        var last = Volatile.Read(ref _last);
        return last.Day == DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime).DayNumber ? last.Used : 0;
    }

    private sealed record Usage(int Day, double Used);
}
