using System.Reflection;
using GeminiChat.Gateway.Auth;
using GeminiChat.Gateway.Files;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;

namespace GeminiChat.Gateway.AiSdk;

/// <summary>
/// The body of <c>POST /ai/chat</c>. It can contain files, so it can be larger than other bodies. A large one counts as an upload: it
/// takes one of the user's uploads, and has the same deadline.
/// </summary>
internal sealed class ChatBody : IValidatedParameter, IEndpointParameterMetadataProvider
{
    /// <summary>The largest body. A file of base64 in it is a quarter smaller.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    private const int BufferBytes = 64 * 1024;

    private readonly IDisposable? _lease;
    private ChatRequest? _value;

    private ChatBody(ChatRequest? value, Problem? problem, IDisposable? lease = null) => (_value, Problem, _lease) = (value, problem, lease);

    public static Problem TooLarge { get; } = new(
        StatusCodes.Status413PayloadTooLarge, $"The messages are larger than {MaxBytes / 1024 / 1024} MB. Upload large files with POST /files, and send only new messages.");

    public Problem? Problem { get; }

    public ChatRequest Value => _value ?? throw new InvalidOperationException("The body is invalid.");

    /// <summary>Releases the bytes of the files and the lease of the upload, because a stream can last for minutes.</summary>
    public void Release()
    {
        _value = null;
        _lease?.Dispose();
    }

    public static async ValueTask<ChatBody> BindAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
        {
            return Refused(Problems.BadRequest("A JSON body is required."));
        }

        if (!JsonInput.IsIn(context.Request))
        {
            return Refused(Problems.ForStatus(StatusCodes.Status415UnsupportedMediaType));
        }

        if (context.Request.ContentLength <= SizeLimits.MaxBodyBytes)
        {
            var bodies = context.RequestServices.GetRequiredService<RequestBodyReader>();
            return await bodies.ReadAsync(context) is { } body ? Parse(body.Span, lease: null) : Refused(Problems.Stopping);
        }

        var limiter = context.RequestServices.GetRequiredService<UploadLimiter>();
        if (limiter.Acquire(((UserPrincipal)context.User).UserId, out var refusal) is not { } lease)
        {
            return Refused(refusal!);
        }

        context.Response.RegisterForDispose(lease);
        return await ReadLarge(context, lease);
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata([JsonInput.MediaType], typeof(ChatRequest), isOptional: false));

    private static async Task<ChatBody> ReadLarge(HttpContext context, IDisposable lease)
    {
        if (context.Request.ContentLength > MaxBytes)
        {
            return Refused(TooLarge);
        }

        var services = context.RequestServices;
        using var deadline = new UploadDeadline(
            services.GetRequiredService<TimeProvider>(), services.GetRequiredService<RequestBodyReader>().Shutdown, context.RequestAborted);
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = MaxBytes;
        try
        {
            using var body = new MemoryStream((int)(context.Request.ContentLength ?? 0));
            var buffer = new byte[BufferBytes];
            while (await context.Request.Body.ReadAsync(buffer, deadline.Token) is > 0 and var read)
            {
                deadline.Advance(read);
                body.Write(buffer, 0, read);
            }

            return Parse(body.GetBuffer().AsSpan(0, (int)body.Length), lease);
        }
        catch (BadHttpRequestException large) when (large.StatusCode is StatusCodes.Status413PayloadTooLarge)
        {
            return Refused(TooLarge);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            context.Response.Headers.Connection = "close";
            return Refused(deadline.IsTooSlow ? FileProblems.TooSlow : Problems.Stopping);
        }
    }

    private static ChatBody Parse(ReadOnlySpan<byte> utf8, IDisposable? lease) =>
        ChatRequestReader.Read(utf8, out var error) is { } request
            ? new ChatBody(request, null, lease)
            : Refused(Problems.BadRequest(error ?? JsonInput.NotAnObject));

    private static ChatBody Refused(Problem problem) => new(null, problem);
}
