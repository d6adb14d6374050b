using GeminiChat.Gateway.Auth;
using Microsoft.AspNetCore.Http;

namespace GeminiChat.Rules.Tests.Requests;

public sealed class UserAgentTests
{
    private const string WebKit = "AppleWebKit/537.36 (KHTML, like Gecko)";

    [Theory]
    [InlineData($"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WebKit} Chrome/131.0.0.0 Safari/537.36", "Chrome on Windows")]
    [InlineData($"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WebKit} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0", "Edge on Windows")]
    [InlineData($"Mozilla/5.0 (Linux; Android 10; HD1913) {WebKit} Chrome/130.0.6723.102 Mobile Safari/537.36 EdgA/130.0.2849.80", "Edge on Android")]
    [InlineData($"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WebKit} Chrome/130.0.0.0 Safari/537.36 OPR/115.0.0.0", "Opera on macOS")]
    [InlineData($"Mozilla/5.0 (Linux; Android 10; K) {WebKit} SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36", "Samsung Internet on Android")]
    [InlineData($"Mozilla/5.0 (Linux; Android 10; K) {WebKit} Chrome/131.0.0.0 Mobile Safari/537.36", "Chrome on Android")]
    [InlineData($"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {WebKit} Chrome/130.0.0.0 Safari/537.36", "Chrome on ChromeOS")]
    [InlineData($"Mozilla/5.0 (X11; Linux x86_64) {WebKit} HeadlessChrome/131.0.0.0 Safari/537.36", "Chrome on Linux")]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox on Linux")]
    [InlineData("Mozilla/5.0 (Android 14; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0", "Firefox on Android")]
    [InlineData("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15", "Safari on macOS")]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1", "Chrome on iPhone")]
    [InlineData("Mozilla/5.0 (iPad; CPU OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/132.0 Mobile/15E148 Safari/605.1.15", "Firefox on iPad")]
    [InlineData("Mozilla/5.0 (X11; FreeBSD amd64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox")]
    [InlineData("Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8 Build/AP2A.240805.005)", "Android")]
    [InlineData("MyApp/1.0 (Android)", "Android")]
    [InlineData("curl/8.11.0", null)]
    [InlineData("okhttp/4.12.0", null)]
    [InlineData("on", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void A_device_is_named_by_its_browser_and_its_system(string? userAgent, string? name) => Assert.Equal(name, UserAgent.ToDeviceName(userAgent));

    [Theory]
    [InlineData(null, null)]
    [InlineData(" \u0001\t", null)]
    [InlineData(" Fire\u0000fox/\u007F132\r\n ", "Firefox/132")]
    public void Control_characters_are_not_stored(string? header, string? stored) => Assert.Equal(stored, Read(header));

    [Fact]
    public void At_most_200_characters_are_stored_and_none_is_cut_in_two()
    {
        var kept = new string('a', UserAgent.MaxLength);
        Assert.Equal(kept, Read(kept));
        Assert.Equal(kept, Read(kept + "b"));
        Assert.Equal(kept[1..], Read(kept[1..] + "\U0001F600"));
    }

    private static string? Read(string? header)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.UserAgent = header;
        return UserAgent.Read(request);
    }
}
