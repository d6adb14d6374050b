using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using GeminiChat.Grains.Model;

namespace GeminiChat.Silo.Gemini;

/// <summary>Gemini's Files API; see <see href="https://ai.google.dev/api/files"/>.</summary>
/// <param name="options">How to reach Gemini.</param>
/// <param name="time">The clock.</param>
internal sealed class GeminiFilesApi(GeminiOptions options, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(2);

    private readonly HttpClient _http = GeminiHosting.CreateHttpClient(options.Origin);

    /// <summary>Uploads a file. The model can read it once it is active.</summary>
    /// <exception cref="ModelException">Gemini refuses the file.</exception>
    public async Task<GeminiFile> Upload(Stream bytes, long size, string mediaType, CancellationToken cancellationToken)
    {
        using var start = new HttpRequestMessage(HttpMethod.Post, ToUri($"/upload/{options.ApiVersion}/files"));
        start.Headers.Add("X-Goog-Upload-Protocol", "resumable");
        start.Headers.Add("X-Goog-Upload-Command", "start");
        start.Headers.Add("X-Goog-Upload-Header-Content-Length", size.ToString(CultureInfo.InvariantCulture));
        start.Headers.Add("X-Goog-Upload-Header-Content-Type", mediaType);
        start.Content = new StringContent("{\"file\":{}}", Encoding.UTF8, "application/json");
        using var started = await SendAndCheck(start, cancellationToken);

        using var upload = new HttpRequestMessage(HttpMethod.Post, UploadUriOf(started));
        upload.Headers.Add("X-Goog-Upload-Offset", "0");
        upload.Headers.Add("X-Goog-Upload-Command", "upload, finalize");
        upload.Content = new StreamContent(bytes);
        upload.Content.Headers.ContentLength = size;
        upload.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var answer = await SendAndCheck(upload, cancellationToken);
        var uploaded = await answer.Content.ReadFromJsonAsync(GeminiJson.Default.GeminiFileEnvelope, cancellationToken);
        return uploaded?.File ?? throw new ModelException(ModelFault.Protocol, "Gemini took a file, but did not say where it is.");
    }

    /// <summary>Waits until the model can read a file. Videos and audio are processed for some seconds, long videos for minutes.</summary>
    /// <exception cref="ModelException">Gemini cannot process it.</exception>
    public async Task<GeminiFile> WaitUntilActive(string name, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, ToUri($"/{options.ApiVersion}/{name}"));
            using var answer = await SendAndCheck(request, cancellationToken);
            var file = await answer.Content.ReadFromJsonAsync(GeminiJson.Default.GeminiFile, cancellationToken);
            if (file is not { State: "PROCESSING" })
            {
                return file is { IsActive: true } ? file : throw new ModelException(ModelFault.Rejected, "Gemini could not process a file.");
            }

            await Task.Delay(PollInterval, time, cancellationToken);
        }
    }

    /// <summary>Whether Gemini has a file of this name. One that has expired or that another project owns looks the same.</summary>
    public async Task<bool> Exists(string name, CancellationToken cancellationToken)
    {
        using var answer = await Send(HttpMethod.Get, name, cancellationToken);
        return !IsUnknown(answer);
    }

    /// <summary>Deletes a file; false if Gemini does not know it. Safe to repeat.</summary>
    /// <exception cref="HttpRequestException">Gemini cannot do it now.</exception>
    public async Task<bool> Delete(string name, CancellationToken cancellationToken)
    {
        using var answer = await Send(HttpMethod.Delete, name, cancellationToken);
        return !IsUnknown(answer) && answer.EnsureSuccessStatusCode().IsSuccessStatusCode;
    }

    public void Dispose() => _http.Dispose();

    private static bool IsUnknown(HttpResponseMessage answer) => answer.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.NotFound;

    // The key is sent to the configured origin only.
    private Uri UploadUriOf(HttpResponseMessage started) =>
        started.Headers.TryGetValues("X-Goog-Upload-URL", out var values) && Uri.TryCreate(values.First(), UriKind.Absolute, out var uri)
            ? ToUri(uri.PathAndQuery)
            : throw new ModelException(ModelFault.Protocol, "Gemini did not say where to upload a file.");

    private Uri ToUri(string path) => new(new Uri(options.Origin), path);

    private async Task<HttpResponseMessage> SendAndCheck(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = await Send(request, cancellationToken);
        if (answer.IsSuccessStatusCode)
        {
            return answer;
        }

        using (answer)
        {
            throw await GeminiError.ReadRefusalAsync(answer, options.ApiKey ?? "", time, cancellationToken);
        }
    }

    private async Task<HttpResponseMessage> Send(HttpMethod method, string name, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, ToUri($"/{options.ApiVersion}/{name}"));
        return await Send(request, cancellationToken);
    }

    private Task<HttpResponseMessage> Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Add(GeminiChatClient.KeyHeader, options.ApiKey);
        return _http.SendAsync(request, cancellationToken);
    }
}
