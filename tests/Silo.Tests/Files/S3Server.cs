using System.ComponentModel;
using System.Diagnostics;
using Amazon.Runtime;
using GeminiChat.ServiceDefaults.Files;

namespace GeminiChat.Silo.Tests.Files;

/// <summary>A server with the interface of Amazon S3: npm's s3rver, which runs as long as the tests.</summary>
internal static class S3Server
{
    private static readonly Lazy<Task<FileStorageAddress.S3>> Started = new(Start);

    // Without a reference its input would be closed, and the server would end.
    private static Process? _server;

    /// <summary>The keys that it accepts.</summary>
    public static BasicAWSCredentials Credentials { get; } = new("S3RVER", "S3RVER");

    /// <summary>A bucket on it; skips the test where there is no Node.js.</summary>
    public static Task<FileStorageAddress.S3> Bucket => Started.Value;

    private static async Task<FileStorageAddress.S3> Start()
    {
        try
        {
            using var deadline = Deadline.Start();
            _server = await VendorClients.Start("s3.mjs");
            var port = await _server.StandardOutput.ReadLineAsync(deadline.Token)
                ?? throw new InvalidOperationException(await _server.StandardError.ReadToEndAsync(deadline.Token));
            return new FileStorageAddress.S3("files", "prefix/", $"http://127.0.0.1:{port}", Region: null);
        }
        catch (Win32Exception)
        {
            Assert.Skip("Node.js is not installed, so the S3 server cannot be run.");
            throw;
        }
    }
}
