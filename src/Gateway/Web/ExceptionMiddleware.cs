using GeminiChat.ServiceDefaults.Telemetry;

namespace GeminiChat.Gateway.Web;

/// <summary>
/// Writes problem details for every error without a body, and for every exception. The answer contains nothing of the
/// exception itself.
/// </summary>
internal sealed partial class ExceptionMiddleware(RequestDelegate next, IHostApplicationLifetime lifetime, ILogger<ExceptionMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext http)
    {
        var response = http.Response;
        response.Headers.XContentTypeOptions = "nosniff";
        try
        {
            await next(http);
            if (response.StatusCode >= StatusCodes.Status400BadRequest && HasNoBody(response))
            {
                await Problems.ForStatus(response.StatusCode).ExecuteAsync(http);
            }
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client has disconnected.
        }
        catch (Exception exception)
        {
            var problem = ToProblem(exception, http);
            if (response.HasStarted)
            {
                http.Abort();
                return;
            }

            var (connection, vary) = (response.Headers.Connection, response.Headers.Vary);
            response.Clear();
            response.Headers.XContentTypeOptions = "nosniff";
            (response.Headers.Connection, response.Headers.Vary) = (connection, vary);
            await problem.ExecuteAsync(http);
        }
    }

    private static bool HasNoBody(HttpResponse response) =>
        !response.HasStarted && response.ContentLength is null && response.ContentType is null;

    private Problem ToProblem(Exception exception, HttpContext http)
    {
        switch (exception)
        {
            case BadHttpRequestException bad:
                return Problems.ForStatus(bad.StatusCode);
            case OperationCanceledException:
            case not null when TransientErrors.IsTransient(exception):
                Log.Unavailable(logger, http.Request.Method, LoggedPath.Of(http.Request.Path), exception.GetType().Name);
                return Problems.Unavailable;
            case not null when lifetime.ApplicationStopping.IsCancellationRequested:
                return Problems.Stopping;
            default:
                Log.Failed(logger, exception, http.Request.Method, LoggedPath.Of(http.Request.Path));
                return Problems.ForStatus(StatusCodes.Status500InternalServerError);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Method} {Path} could not be served: {Outage}")]
        public static partial void Unavailable(ILogger logger, string method, string path, string outage);

        [LoggerMessage(LogLevel.Error, "{Method} {Path} failed")]
        public static partial void Failed(ILogger logger, Exception? exception, string method, string path);
    }
}
