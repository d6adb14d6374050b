using System.Security.Cryptography;
using GeminiChat.ServiceDefaults;
using GeminiChat.ServiceDefaults.Settings;
using GeminiChat.ServiceDefaults.Telemetry;

namespace GeminiChat.Gateway.Settings;

/// <summary>Development without a <c>SECRET_KEY</c>: a secret is created once and kept beside the database.</summary>
internal static class SecretKeyFile
{
    private const int KeyBytes = 32;
    private const int MaxTries = 250;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(20);

    /// <summary>Sets <c>SECRET_KEY</c> from the file, in Development and if it is not set.</summary>
    public static void AddDevelopmentSecretKey(this WebApplicationBuilder builder)
    {
        if (builder.Environment.IsDevelopment() && string.IsNullOrWhiteSpace(builder.Configuration[SecretKey.Setting]))
        {
            var path = Path.Combine(builder.Configuration.RootFolder(), "data", "secret.key");
            builder.Configuration[SecretKey.Setting] = ReadOrCreate(path);
            builder.Services.AddSingleton(new StartupReportLine("secret", path, $"{SecretKey.Setting} is not set: one was made up for this machine."));
        }
    }

    /// <summary>Reads or creates the secret. Processes that start at the same time get the same secret.</summary>
    internal static string ReadOrCreate(string path)
    {
        if (!File.Exists(path))
        {
            PrivateFiles.EnsureFolder(Path.GetDirectoryName(path)!, Path.GetFileName(path));
            using var fileLock = AcquireLock($"{path}.lock");
            if (!File.Exists(path))
            {
                Create(path);
            }
        }

        PrivateFiles.RestrictToOwner(path);
        PrivateFiles.RestrictToOwner($"{path}.lock");
        return File.ReadAllText(path).Trim();
    }

    /// <summary>
    /// One process at a time. <see cref="File.Move(string, string)"/> is not enough: it checks and then moves, so two moves
    /// could both succeed.
    /// </summary>
    /// <exception cref="IOException">Another process holds the lock for too long.</exception>
    private static FileStream AcquireLock(string path)
    {
        using var pause = new ManualResetEventSlim();
        for (var tries = 1; ; tries++)
        {
            try
            {
                return new FileStream(path, PrivateFiles.Options(FileMode.OpenOrCreate, FileAccess.ReadWrite));
            }
            catch (IOException) when (tries < MaxTries)
            {
                pause.Wait(RetryDelay);
            }
        }
    }

    /// <summary>The file never holds a part of the secret.</summary>
    private static void Create(string path)
    {
        var draft = $"{path}.{Guid.CreateVersion7():N}";
        WriteNew(draft, Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)));
        File.Move(draft, path);
    }

    private static void WriteNew(string path, string text)
    {
        using var writer = new StreamWriter(path, PrivateFiles.Options(FileMode.CreateNew, FileAccess.Write));
        writer.Write(text);
    }
}
