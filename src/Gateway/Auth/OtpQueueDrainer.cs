namespace GeminiChat.Gateway.Auth;

/// <summary>
/// Has the codes sent that were promised before the stop: after the web server has stopped, and while the grain of the
/// budget can still be asked. So it is added after the grains.
/// </summary>
internal sealed class OtpQueueDrainer(IOtpSender sender) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (sender is TwilioOtpSender sms)
        {
            await sms.DisposeAsync();
        }
    }
}
