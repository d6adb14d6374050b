using System.Net.Http.Headers;
using GeminiChat.Grains.Model;
using Google.Apis.Auth.OAuth2;
using Google.Apis.Auth.OAuth2.Responses;

namespace GeminiChat.Silo.Gemini;

/// <summary>
/// A service account of Google Cloud. It signs requests to Vertex AI with an access token, which is kept until shortly before it
/// expires. Safe for concurrent use.
/// </summary>
internal sealed class ServiceAccount
{
    private const string Scope = "https://www.googleapis.com/auth/cloud-platform";

    private readonly ITokenAccess _tokens;

    private ServiceAccount(ITokenAccess tokens) => _tokens = tokens;

    /// <summary>Whether a file has the key of a service account.</summary>
    public static bool IsIn(string? file)
    {
        try
        {
            return file is not null && Read(file) is not null;
        }
        catch (Exception unreadable) when (unreadable is InvalidOperationException or IOException or UnauthorizedAccessException or ArgumentException or FormatException)
        {
            return false;
        }
    }

    /// <summary>Reads the key of the account.</summary>
    public static ServiceAccount From(string file) => new(Read(file));

    /// <summary>Adds the access token to a request.</summary>
    /// <exception cref="ModelException">There is no token.</exception>
    public async Task Authorize(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            var token = await _tokens.GetAccessTokenForRequestAsync(authUri: null, cancellationToken);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
        catch (TokenResponseException refused)
        {
            throw new ModelException(ModelFault.Config, $"Google refuses the service account: {refused.Error?.Error}.");
        }
        catch (HttpRequestException broken)
        {
            throw new ModelException(ModelFault.Unavailable, $"Google's sign-in cannot be reached: {broken.HttpRequestError}.", inner: broken);
        }
    }

    private static ITokenAccess Read(string file) =>
        CredentialFactory.FromFile<ServiceAccountCredential>(file).ToGoogleCredential().CreateScoped(Scope);
}
