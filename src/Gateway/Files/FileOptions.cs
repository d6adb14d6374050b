using System.ComponentModel.DataAnnotations;

namespace GeminiChat.Gateway.Files;

/// <summary>The limit of a file.</summary>
internal sealed class FileOptions
{
    public const int DefaultMaxMegabytes = 20;

    private const long BytesPerMegabyte = 1_000_000;

    /// <summary>The largest file in megabytes. Gemini takes files of up to 2 GB.</summary>
    [ConfigurationKeyName("FILE_MAX_MB")]
    [Range(1, 2000, ErrorMessage = "FILE_MAX_MB must be a whole number from {1} to {2}.")]
    public int MaxMegabytes { get; set; } = DefaultMaxMegabytes;

    public long MaxBytes => MaxMegabytes * BytesPerMegabyte;
}
