using GeminiChat.ServiceDefaults.Settings;

namespace GeminiChat.Silo.Hosting;

/// <summary>Silos as pods: named like them, and declared dead as soon as theirs is deleted.</summary>
internal static class KubernetesSiloHosting
{
    /// <summary>
    /// Reads <c>HOSTING</c>. With <c>kubernetes</c> the pod must have the labels <c>orleans/serviceId</c> and
    /// <c>orleans/clusterId</c>, and may get, list and watch pods.
    /// </summary>
    /// <remarks>It has to be said: within Kubernetes too, a silo whose account may not do that would never start.</remarks>
    /// <exception cref="SettingException">It is neither that nor empty.</exception>
    public static ISiloBuilder UseConfiguredHosting(this ISiloBuilder silo) => silo.Configuration["HOSTING"] switch
    {
        null or "" => silo,
        "kubernetes" => silo.UseKubernetesHosting(),
        var other => throw new SettingException($"HOSTING is '{other}'; it can be 'kubernetes', or not set."),
    };
}
