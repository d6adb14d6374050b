using System.Security.Cryptography;
using GeminiChat.Silo.Settings;

namespace GeminiChat.Gateway.Settings;

/// <summary>The secret of a development run that was given none: made once, and kept beside the database.</summary>
internal static class SecretKeyFile
{
    public const string Setting = "SECRET_KEY";

    private const int KeyBytes = 32;
    private const UnixFileMode OnlyOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Gives a development run its kept secret, as the setting that everything reads.</summary>
    public static void AddSecretKey(this WebApplicationBuilder builder)
    {
        if (builder.Environment.IsDevelopment() && string.IsNullOrWhiteSpace(builder.Configuration[Setting]))
        {
            var path = Path.Combine(builder.Configuration.Root(), "data", "secret.key");
            builder.Configuration[Setting] = ReadOrCreate(path);
        }
    }

    /// <summary>Reads the secret, or makes it. Of two starters, both end up with the one that was there first.</summary>
    internal static string ReadOrCreate(string path)
    {
        if (!File.Exists(path))
        {
            Create(path);
        }

        return File.ReadAllText(path).Trim();
    }

    private static void Create(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var draft = $"{path}.{Guid.CreateVersion7():N}";
        WriteNew(draft, Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)));
        try
        {
            // Appears whole or not at all, and never replaces what another starter put there.
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
        }
    }

    private static void WriteNew(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OnlyOwner;
        }

        using var writer = new StreamWriter(path, options);
        writer.Write(text);
    }
}
