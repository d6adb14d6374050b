using GeminiChat.ServiceDefaults.Settings;

namespace GeminiChat.ServiceDefaults.ClusterTls;

/// <summary>
/// This process's identity in the cluster. Its files are read for each new connection, so that renewed files are used at once;
/// new connections are rare. Thread-safe.
/// </summary>
internal sealed partial class ClusterCertificates(TlsFiles files, bool isSilo, TimeProvider time, ILogger<ClusterCertificates> logger)
{
    private readonly Lock _lock = new();
    private PemContents? _texts;
    private ClusterIdentity? _identity;

    /// <summary>
    /// The identity for a new connection. When the files are wrong, the previous identity stays in use, because the files may be
    /// renewed one after the other.
    /// </summary>
    /// <exception cref="SettingException">The files are wrong, and there is no previous identity.</exception>
    public ClusterIdentity Current
    {
        get
        {
            lock (_lock)
            {
                try
                {
                    ReloadIfChanged();
                }
                catch (SettingException wrong) when (_identity is not null)
                {
                    Log.NotRenewed(logger, wrong.Message);
                }

                return _identity!;
            }
        }
    }

    private void ReloadIfChanged()
    {
        var texts = files.Read();
        if (texts == _texts)
        {
            return;
        }

        var renewed = ClusterIdentity.Create(texts, isSilo, time.GetUtcNow());
        if (_identity is not null)
        {
            Log.Renewed(logger, renewed.Certificate.NotAfter.ToUniversalTime());
        }

        (_texts, _identity) = (texts, renewed);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The certificate of this member of the cluster has been renewed; it is valid until {Until:u}")]
        public static partial void Renewed(ILogger logger, DateTime until);

        [LoggerMessage(LogLevel.Warning, "The changed CLUSTER_TLS_ files are not used; the previous certificate stays in use. {Reason}")]
        public static partial void NotRenewed(ILogger logger, string reason);
    }
}
