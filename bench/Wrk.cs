using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace GeminiChat.Bench;

/// <summary>A request that is sent many times.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">Its path.</param>
/// <param name="Token">The access token; empty for the baseline.</param>
/// <param name="Accept">The media type of the response.</param>
/// <param name="LastEventId">Where a stream is resumed; empty for its start.</param>
/// <param name="Content">The message that is posted.</param>
internal sealed record BenchRequest(
    string Method,
    string Path,
    string Token = "",
    string Accept = "*/*",
    string LastEventId = "",
    string Content = "Tell me something about the weather, please.")
{
    /// <summary>The body; null if the method has none.</summary>
    public string? Body => Method == "POST" ? $$"""{"content":"{{Content}}"}""" : null;
}

/// <summary>Sends requests with wrk, whose own CPU time is small: https://github.com/wg/wrk.</summary>
internal static class Wrk
{
    private const string Script = """
        local number, requests, at = 0, {}, 0

        function setup(thread)
          thread:set("id", number)
          number = number + 1
        end

        function init(args)
          for line in io.lines(args[1]) do
            local method, path, token, accept, last, body = line:match("^(.-)\t(.-)\t(.-)\t(.-)\t(.-)\t(.-)$")
            local headers = { ["Accept"] = accept }
            if #token > 0 then headers["Authorization"] = "Bearer " .. token end
            if #last > 0 then headers["Last-Event-ID"] = last end
            if method == "POST" then
              headers["Content-Type"] = "application/json"
            end
            requests[#requests + 1] = wrk.format(method, path, headers, #body > 0 and body or nil)
          end
          at = math.floor(id * #requests / 2)
        end

        function request()
          at = at + 1
          return requests[(at - 1) % #requests + 1]
        end
        """;

    private const string Threads = "2";

    // It prints these lines only when something went wrong.
    private static readonly string[] Errors = ["Non-2xx", "Socket errors"];

    /// <summary>Sends the requests in turn, over and over.</summary>
    /// <returns>How many were answered.</returns>
    public static async Task<long> Run(string url, IEnumerable<BenchRequest> requests, int connections, TimeSpan duration)
    {
        using var folder = new TemporaryFolder();
        var (script, list) = (Path.Combine(folder.Path, "requests.lua"), Path.Combine(folder.Path, "requests.txt"));
        await File.WriteAllTextAsync(script, Script);
        await File.WriteAllLinesAsync(list, requests.Select(one => string.Join('\t', one.Method, one.Path, one.Token, one.Accept, one.LastEventId, one.Body)));
        var start = new ProcessStartInfo(
            "wrk",
            ["-t", Threads, "-c", $"{connections}", "-d", $"{duration.TotalSeconds:F0}s", "--timeout", "30s", "-s", script, url, "--", list])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var process = StartProcess(start);
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var total = output.Split('\n').FirstOrDefault(static line => line.Contains(" requests in ", StringComparison.Ordinal));
        return total is not null && !Errors.Any(error => output.Contains(error, StringComparison.Ordinal))
            ? long.Parse(total.Trim().Split(' ')[0], CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"Requests to {url} failed:\n{output}");
    }

    private static Process StartProcess(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            throw new InvalidOperationException("The bench needs wrk: apt-get install wrk", missing);
        }
    }
}
