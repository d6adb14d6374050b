using System.Security.Cryptography;
using System.Text;
using GeminiChat.ServiceDefaults.Settings;

namespace GeminiChat.Silo.Dashboard;

/// <summary>The operators' password, as a hash, so that all comparisons have the same length.</summary>
internal sealed class DashboardPassword
{
    private const string Setting = "DASHBOARD_PASSWORD";
    private const int MinLength = 12;

    private readonly byte[] _hash;

    private DashboardPassword(string password) => _hash = Hash(password);

    /// <summary>Reads <c>DASHBOARD_PASSWORD</c>; null when it is not set.</summary>
    /// <exception cref="SettingException">The password is shorter than 12 characters.</exception>
    public static DashboardPassword? Read(IConfiguration settings) => settings[Setting] switch
    {
        null or "" => null,
        { Length: < MinLength } => throw new SettingException($"{Setting} must have at least {MinLength} characters."),
        var password => new DashboardPassword(password),
    };

    /// <summary>Whether a text is the password. The time that it takes does not depend on the text.</summary>
    public bool Matches(string candidate) => CryptographicOperations.FixedTimeEquals(Hash(candidate), _hash);

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
