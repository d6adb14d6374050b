using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace GeminiChat.Gateway.Tests.OpenApi;

/// <summary>A <c>.http</c> file, as editors run it: request by request, each with what earlier ones answered.</summary>
internal sealed partial class HttpFileRunner(string text)
{
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (JsonElement? Body, HttpResponseHeaders Headers)> _answers = new(StringComparer.Ordinal);

    /// <summary>Sends the requests in their order.</summary>
    /// <param name="client">Who sends them.</param>
    /// <param name="settings">Values of variables, in place of the file's.</param>
    /// <param name="check">Takes each answer, and gives its JSON.</param>
    public async Task RunAsync(
        HttpClient client, IReadOnlyDictionary<string, string> settings, Func<HttpResponseMessage, Task<JsonElement?>> check)
    {
        foreach (var part in Title.Split(text))
        {
            foreach (Match variable in Variable.Matches(part))
            {
                var name = variable.Groups["name"].Value;
                _variables[name] = settings.GetValueOrDefault(name) ?? variable.Groups["value"].Value.Trim();
            }

            if (Request.Match(part) is { Success: true } request)
            {
                using var answer = await client.SendAsync(Read(request), HttpCompletionOption.ResponseHeadersRead);
                var body = await check(answer);
                _answers[Name.Match(part).Groups["name"].Value] = (body, answer.Headers);
            }
        }
    }

    private HttpRequestMessage Read(Match match)
    {
        var request = new HttpRequestMessage(new HttpMethod(match.Groups["method"].Value), Fill(match.Groups["url"].Value));
        var content = match.Groups["body"].Value.Trim();
        request.Content = content.Length > 0 ? new StringContent(Fill(content), Encoding.UTF8) : null;
        foreach (Capture line in match.Groups["header"].Captures)
        {
            var (name, value) = (line.Value[..line.Value.IndexOf(':', StringComparison.Ordinal)], line.Value[(line.Value.IndexOf(':', StringComparison.Ordinal) + 1)..]);
            if (name == "Content-Type")
            {
                request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(value);
            }
            else
            {
                Assert.True(request.Headers.TryAddWithoutValidation(name, Fill(value).Trim()), line.Value);
            }
        }

        if (request.Content?.Headers.ContentType?.MediaType is "multipart/form-data")
        {
            var form = new StringContent(Fill(content).ReplaceLineEndings("\r\n") + "\r\n", Encoding.UTF8);
            form.Headers.ContentType = request.Content.Headers.ContentType;
            request.Content = form;
        }

        return request;
    }

    private string Fill(string template) => Placeholder.Replace(template, hole => Value(hole.Groups["name"].Value));

    private string Value(string name) => name.Split('.') switch
    {
        [var request, "response", "body", .. var path] =>
            path.Aggregate(_answers[request].Body!.Value, Member).ToString(),
        [var request, "response", "headers", var header] => Assert.Single(_answers[request].Headers.GetValues(header)),
        _ => _variables[name],
    };

    /// <summary>A member of an object, or <c>$[1]</c> for one of a list.</summary>
    private static JsonElement Member(JsonElement element, string member) =>
        member is ['$', '[', .. var index, ']'] ? element[int.Parse(index, CultureInfo.InvariantCulture)] : element.GetProperty(member);

    [GeneratedRegex("^###.*\n", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Title { get; }

    [GeneratedRegex("^@(?<name>\\w+) = (?<value>.*)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Variable { get; }

    [GeneratedRegex("^# @name (?<name>\\w+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name { get; }

    [GeneratedRegex("^(?<method>[A-Z]+) (?<url>\\S+)\n((?<header>[\\w-]+:.*)\n)*(\n(?<body>[\\s\\S]*))?", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Request { get; }

    [GeneratedRegex("\\{\\{(?<name>[\\w.$\\[\\]-]+)\\}\\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Placeholder { get; }
}
