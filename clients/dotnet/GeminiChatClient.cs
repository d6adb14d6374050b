using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace GeminiChat.Client;

/// <summary>A client of a GeminiChat service, for the user of a session.</summary>
public sealed partial class GeminiChatClient
{
    private readonly RequestSender _sender;

    /// <summary>Makes a client.</summary>
    /// <param name="http">Has the address of the service, unless the options have it. Its <c>Timeout</c> is best infinite: each call has a limit of its own.</param>
    /// <param name="session">The user's session.</param>
    /// <param name="options">How often a failed request is repeated.</param>
    /// <param name="time">The clock.</param>
    public GeminiChatClient(HttpClient http, GeminiChatSession session, IOptions<GeminiChatOptions>? options = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(session);
        _sender = new RequestSender(http, session, options?.Value ?? new(), time ?? TimeProvider.System);
    }

    public GeminiChatSession Session => _sender.Session;

    public Task<OtpSent> SendOtpAsync(string mobileNumber, CancellationToken cancellationToken = default) => _sender.SendAsync(
        ApiRequest.Post("auth/send-otp", new SendOtpBody(mobileNumber), ClientJson.Default.SendOtpBody) with { IsAuthorized = false },
        ClientJson.Default.OtpSent,
        cancellationToken);

    /// <summary>Signs in with a one-time code.</summary>
    public Task VerifyOtpAsync(string mobileNumber, string code, Guid? requestId = null, CancellationToken cancellationToken = default) => SignInAsync(
        ApiRequest.Post("auth/verify-otp", new VerifyOtpBody(mobileNumber, code, requestId), ClientJson.Default.VerifyOtpBody), cancellationToken);

    /// <summary>Signs in with a password.</summary>
    public Task LoginAsync(string mobileNumber, string password, CancellationToken cancellationToken = default) =>
        SignInAsync(ApiRequest.Post("auth/login", new LoginBody(mobileNumber, password), ClientJson.Default.LoginBody), cancellationToken);

    /// <summary>
    /// Ends the session, or all sessions of the user. The tokens here are forgotten also if the service cannot be reached.
    /// </summary>
    public async Task LogoutAsync(bool everywhere = false, CancellationToken cancellationToken = default)
    {
        try
        {
            await _sender.SendAsync(
                ApiRequest.Post("auth/logout", new LogoutBody(everywhere), ClientJson.Default.LogoutBody) with { IsRepeatable = true },
                cancellationToken).ConfigureAwait(false);
        }
        catch (GeminiChatException refusal) when (refusal.Status == 401)
        {
            // The session has ended before.
        }
        finally
        {
            await Session.ClearAsync().ConfigureAwait(false);
        }
    }

    public Task<User> GetMeAsync(CancellationToken cancellationToken = default) =>
        _sender.SendAsync(new ApiRequest(HttpMethod.Get, "user/me"), ClientJson.Default.User, cancellationToken);

    public Task<Room> CreateRoomAsync(NewRoom? room = null, CancellationToken cancellationToken = default) => _sender.SendAsync(
        ApiRequest.Post("chatroom", room ?? new(), ClientJson.Default.NewRoom).WithKey(GeminiChatSession.NewKey()), ClientJson.Default.Room, cancellationToken);

    /// <summary>A page of the rooms: the first, or the one of a cursor.</summary>
    public Task<RoomPage> ListRoomsAsync(int? limit = null, string? cursor = null, bool archived = false, CancellationToken cancellationToken = default)
    {
        var query = Query.Of(("limit", limit), ("cursor", cursor), ("archived", archived ? true : null));
        return _sender.SendAsync(
            new ApiRequest(HttpMethod.Get, $"chatroom{query}"),
            async (response, end) => new RoomPage(
                await RequestSender.ReadAsync(response, ClientJson.Default.IReadOnlyListRoom, end).ConfigureAwait(false), FindNext(response)),
            cancellationToken);
    }

    /// <summary>The room with an id. Sends nothing.</summary>
    public GeminiChatRoom Room(Guid id) => new(_sender, id);

    /// <summary>Uploads a file. Its id goes into the attachments of a message.</summary>
    /// <param name="open">Opens the file. It is called for each attempt.</param>
    /// <param name="name">The name of the file.</param>
    /// <param name="cancellationToken">Ends the upload.</param>
    public Task<UploadedFile> UploadAsync(Func<Stream> open, string name, CancellationToken cancellationToken = default) => _sender.SendAsync(
        new ApiRequest(HttpMethod.Post, "files")
        {
            Content = () =>
            {
                var file = new StreamContent(open());
                file.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
                return new MultipartFormDataContent { { file, "file", name } };
            },
            Timeout = TimeSpan.FromMinutes(10),
        }.WithKey(GeminiChatSession.NewKey()),
        ClientJson.Default.UploadedFile,
        cancellationToken);

    private async Task SignInAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var answer = await _sender.SendAsync(request with { IsAuthorized = false }, ClientJson.Default.TokenAnswer, cancellationToken).ConfigureAwait(false);
        await Session.SaveAsync(answer, _sender.Time).ConfigureAwait(false);
    }

    private static string? FindNext(HttpResponseMessage response)
    {
        var link = response.Headers.TryGetValues("Link", out var links) ? NextLink().Match(string.Join(',', links)) : null;
        return link is { Success: true } ? Uri.UnescapeDataString(link.Groups["cursor"].Value) : null;
    }

    [GeneratedRegex("[?&]cursor=(?<cursor>[^&>]+)[^>]*>; rel=\"next\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NextLink();
}
