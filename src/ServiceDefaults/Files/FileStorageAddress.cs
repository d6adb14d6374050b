using Amazon.Runtime;
using GeminiChat.ServiceDefaults.Settings;
using GeminiChat.ServiceDefaults.Startup;
using GeminiChat.ServiceDefaults.Telemetry;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace GeminiChat.ServiceDefaults.Files;

/// <summary>Where the bytes of files are: a folder, or a bucket of a service with the interface of Amazon S3.</summary>
internal abstract record FileStorageAddress
{
    internal const string Setting = "FILES_URL";
    private const string EndpointSetting = "S3_ENDPOINT";
    private const string RegionSetting = "AWS_REGION";
    private const string AccessKeySetting = "AWS_ACCESS_KEY_ID";
    private const string SecretKeySetting = "AWS_SECRET_ACCESS_KEY";
    private const string DefaultFolder = "data/files";

    private FileStorageAddress() { }

    /// <summary>A folder, by its full path.</summary>
    public sealed record Disk(string Folder) : FileStorageAddress;

    /// <summary>A bucket.</summary>
    /// <param name="Bucket">Its name.</param>
    /// <param name="Prefix">What the keys of all objects begin with; empty, or with a slash at its end.</param>
    /// <param name="Endpoint">The origin of the service; null for Amazon's own.</param>
    /// <param name="Region">The region; null for that of the AWS settings.</param>
    public sealed record S3(string Bucket, string Prefix, string? Endpoint, string? Region) : FileStorageAddress;

    /// <summary>Reads <c>FILES_URL</c> and <c>S3_ENDPOINT</c>.</summary>
    /// <exception cref="OptionsValidationException">A value is wrong.</exception>
    public static FileStorageAddress From(IConfiguration settings)
    {
        var url = settings[Setting]?.Trim();
        if (string.IsNullOrEmpty(url))
        {
            return new Disk(Path.Combine(settings.RootFolder(), DefaultFolder));
        }

        return Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri is { Query: "", Fragment: "", UserInfo: "" }
            ? uri switch
            {
                { Scheme: "file", Host: "", LocalPath: not "/" } => new Disk(uri.LocalPath),
                { Scheme: "s3", Host.Length: > 0, IsDefaultPort: true } => S3Of(uri, settings),
                _ => throw Invalid(Setting, "expected file:///absolute/folder or s3://bucket/prefix."),
            }
            : throw Invalid(Setting, "expected file:///absolute/folder or s3://bucket/prefix.");
    }

    /// <summary>Registers the <see cref="IFileStorage"/> of <c>FILES_URL</c>, unless it is registered.</summary>
    /// <param name="services">The services.</param>
    /// <param name="clustered">Whether other processes read and write the same files.</param>
    public static void Register(IServiceCollection services, bool clustered)
    {
        if (services.Any(service => service.ServiceType == typeof(IFileStorage)))
        {
            return;
        }

        services.TryAddSingleton(provider => From(provider.GetRequiredService<IConfiguration>()));
        services.AddSingleton<IFileStorage>(provider => provider.GetRequiredService<FileStorageAddress>() switch
        {
            Disk disk => new DiskFileStorage(disk.Folder),
            S3 bucket => new S3FileStorage(bucket, CredentialsOf(provider.GetRequiredService<IConfiguration>())),
            var other => throw new NotSupportedException(other.GetType().Name),
        });
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IStartupCheck, FileFolderCheck>();
        services.AddSingleton(provider => provider.GetRequiredService<FileStorageAddress>().ToReportLine(clustered));
    }

    private static S3 S3Of(Uri uri, IConfiguration settings)
    {
        var endpoint = settings[EndpointSetting]?.Trim();
        if (!string.IsNullOrEmpty(endpoint) && !SettingText.IsOrigin(endpoint))
        {
            throw Invalid(EndpointSetting, "expected an http or https origin without a path.");
        }

        var prefix = Uri.UnescapeDataString(uri.AbsolutePath).Trim('/');
        return new S3(
            uri.Host, prefix.Length == 0 ? "" : prefix + "/", string.IsNullOrEmpty(endpoint) ? null : endpoint, settings[RegionSetting]);
    }

    // AWS's own library does not read .env. Without these settings it uses the role of the machine.
    private static BasicAWSCredentials? CredentialsOf(IConfiguration settings) =>
        settings[AccessKeySetting] is { Length: > 0 } key && settings[SecretKeySetting] is { Length: > 0 } secret
            ? new BasicAWSCredentials(key.Trim(), secret.Trim())
            : null;

    private static OptionsValidationException Invalid(string setting, string expectation) =>
        new(setting, typeof(FileStorageAddress), [$"{setting}: {expectation}"]);

    private StartupReportLine ToReportLine(bool clustered) => this switch
    {
        Disk disk => new("files", disk.Folder, clustered
            ? "Files are in a folder: all gateways and silos must see the same one, or set FILES_URL to s3://bucket."
            : null),
        S3 bucket => new("files", $"s3://{bucket.Bucket}/{bucket.Prefix} at {bucket.Endpoint ?? "Amazon S3"}"),
        _ => throw new NotSupportedException(GetType().Name),
    };
}
