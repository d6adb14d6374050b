using System.Reflection;
using GeminiChat.ServiceDefaults.Settings;

namespace GeminiChat.ServiceDefaults.Startup;

/// <summary>The settings of the host itself: the mode, and the addresses at which the web server listens.</summary>
internal static class HostSettings
{
    private const string ModeSetting = "ASPNETCORE_ENVIRONMENT";
    private const string DotNetMode = "DOTNET_ENVIRONMENT";
    private const string Urls = "ASPNETCORE_URLS";
    private const int DefaultPort = 8000;

    private const string DebugBuild = "Debug";

    // "dotnet run" makes a Debug build. "dotnet publish" and the images make Release builds.
    private static readonly string DefaultMode =
        typeof(HostSettings).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration is DebugBuild
            ? Environments.Development
            : Environments.Production;

    /// <summary>
    /// The mode of the command line, of the environment, or of the <c>.env</c> file, in this order. Without any, a Debug build
    /// is in Development and every other build in Production.
    /// </summary>
    /// <remarks>Blank texts count as not set. <c>ASPNETCORE_ENVIRONMENT</c> takes precedence over <c>DOTNET_ENVIRONMENT</c>.</remarks>
    public static string Mode(string[] args, IReadOnlyDictionary<string, string?> file)
    {
        string?[] given =
        [
            new ConfigurationBuilder().AddCommandLine(args).Build()[HostDefaults.EnvironmentKey],
            Environment.GetEnvironmentVariable(ModeSetting),
            Environment.GetEnvironmentVariable(DotNetMode),
            file.GetValueOrDefault(ModeSetting),
            file.GetValueOrDefault(DotNetMode),
        ];
        return given.FirstOrDefault(mode => !string.IsNullOrWhiteSpace(mode))?.Trim() ?? DefaultMode;
    }

    /// <summary>
    /// Lets the web server listen at <c>PORT</c>, unless <c>ASPNETCORE_URLS</c> or <c>--urls</c> give whole addresses. Without any
    /// of ASP.NET Core's own settings for addresses, the default is port 8000.
    /// In Development, only this machine can connect. In a container, everybody who reaches the container can.
    /// </summary>
    /// <exception cref="SettingException"><c>PORT</c> is not a port, or an address is wrong.</exception>
    public static void AddAddress(this WebApplicationBuilder builder)
    {
        var settings = builder.Configuration;
        var (setting, port) = (Urls, SettingText.Port(settings, "PORT"));
        if (!IsSet(settings, WebHostDefaults.ServerUrlsKey) && (port is not null || !HasOtherAddresses(settings)))
        {
            var host = builder.Environment.IsDevelopment() && !IsInContainer() ? "localhost" : "*";
            builder.WebHost.UseUrls($"http://{host}:{port ?? DefaultPort}");
            setting = "PORT";
        }

        foreach (var url in (settings[WebHostDefaults.ServerUrlsKey] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            builder.Services.AddListeningPort(setting, url);
        }
    }

    /// <summary>Registers the <see cref="ListeningPort"/> of an address, if it is a port.</summary>
    /// <exception cref="SettingException">It is not an address to listen at.</exception>
    public static void AddListeningPort(this IServiceCollection services, string setting, string url)
    {
        if (ListeningPort.From(setting, url) is { } port)
        {
            services.AddSingleton<IStartupCheck>(port);
        }
    }

    // .NET's images set this variable.
    private static bool IsInContainer() => Environment.GetEnvironmentVariable("DOTNET_RUNNING_IN_CONTAINER") is "true";

    private static bool HasOtherAddresses(IConfiguration settings) =>
        IsSet(settings, WebHostDefaults.HttpPortsKey) || IsSet(settings, WebHostDefaults.HttpsPortsKey)
        || settings.GetSection("Kestrel:Endpoints").Exists();

    private static bool IsSet(IConfiguration settings, string name) => !string.IsNullOrWhiteSpace(settings[name]);
}
