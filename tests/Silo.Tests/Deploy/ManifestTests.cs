using k8s;
using k8s.Models;

namespace GeminiChat.Silo.Tests.Deploy;

/// <summary>The manifests of <c>deploy/kubernetes</c>, as Kubernetes' own client reads them.</summary>
public sealed class ManifestTests
{
    // The web server's and the turns' time to end, and Orleans' after it: 30 s for the process in all.
    private const int ShutdownSeconds = 30;

    private static readonly object[] All = [.. Directory
        .EnumerateFiles(Path.Combine(Repository.Folder, "deploy", "kubernetes"), "*.yaml")
        .Where(file => Path.GetFileName(file) != "kustomization.yaml")

        // Strictly: what it does not know is an error.
        .SelectMany(file => KubernetesYaml.LoadAllFromString(File.ReadAllText(file), typeMap: null, strict: true))];

    public static TheoryData<string> Programs => ["silo", "gateway"];

    [Theory]
    [MemberData(nameof(Programs))]
    public void A_pod_has_enough_time_to_stop_and_minimal_rights(string name)
    {
        var pod = Pod(name).Spec;
        var container = Assert.Single(pod.Containers);
        var pause = container.Lifecycle?.PreStop?.Sleep?.Seconds ?? 0;

        Assert.True(pod.TerminationGracePeriodSeconds >= ShutdownSeconds + pause + 10);
        Assert.True(pod.SecurityContext.RunAsNonRoot);
        Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
        Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
        Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void A_pod_has_a_readiness_probe_and_a_disruption_budget_of_one(string name)
    {
        var container = Assert.Single(Pod(name).Spec.Containers);
        var budget = Assert.Single(All.OfType<V1PodDisruptionBudget>(), budget => budget.Metadata.Name == name);

        Assert.Equal("/health/ready", container.ReadinessProbe.HttpGet.Path);
        Assert.Equal("/health/live", container.LivenessProbe.HttpGet.Path);
        Assert.Equal("1", budget.Spec.MaxUnavailable.Value);
        Assert.Equal(Pod(name).Metadata.Labels["app.kubernetes.io/name"], budget.Spec.Selector.MatchLabels["app.kubernetes.io/name"]);
    }

    [Fact]
    public void A_silo_may_watch_the_pods_of_its_cluster()
    {
        var pod = Pod("silo");
        var role = Assert.Single(All.OfType<V1Role>());
        var binding = Assert.Single(All.OfType<V1RoleBinding>());

        Assert.Equal(["get", "list", "watch"], Assert.Single(role.Rules).Verbs);
        Assert.Equal(pod.Spec.ServiceAccountName, Assert.Single(binding.Subjects).Name);
        Assert.Equal("geminichat", pod.Metadata.Labels["orleans/serviceId"]);
        Assert.Equal("geminichat", pod.Metadata.Labels["orleans/clusterId"]);
    }

    [Theory]
    [InlineData("silo", "TWILIO_AUTH_TOKEN", "STRIPE_WEBHOOK_SECRET")]
    [InlineData("gateway", "DATABASE_URL", "GEMINI_API_KEY", "STRIPE_SECRET_KEY", "DASHBOARD_PASSWORD")]
    public void Each_program_gets_its_own_secret_without_the_others_settings(string name, params string[] ofTheOther)
    {
        var reference = Assert.Single(Assert.Single(Pod(name).Spec.Containers).EnvFrom, source => source.SecretRef is not null);
        var secret = Assert.Single(All.OfType<V1Secret>(), secret => secret.Metadata.Name == reference.SecretRef.Name);
        Assert.Empty(secret.StringData.Keys.Intersect(ofTheOther));
        Assert.Contains("SECRET_KEY", secret.StringData.Keys);
        Assert.Matches("^rediss://:[^@]+@", secret.StringData["REDIS_URL"]);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void Each_program_has_its_own_certificate(string name)
    {
        var pod = Pod(name).Spec;
        var container = Assert.Single(pod.Containers);
        var volume = Assert.Single(pod.Volumes, volume => volume.Secret is not null);
        var mount = Assert.Single(container.VolumeMounts, mount => mount.Name == volume.Name);
        var files = container.Env.Where(setting => setting.Name.StartsWith("CLUSTER_TLS_", StringComparison.Ordinal)).Select(setting => setting.Value);

        Assert.Equal($"{name}-cluster-tls", volume.Secret.SecretName);
        Assert.Equal(["tls.crt", "tls.key", "ca.crt"], files.Select(file => Path.GetRelativePath(mount.MountPath, file)));
        Assert.Equal(pod.SecurityContext.RunAsGroup, pod.SecurityContext.FsGroup);
    }

    [Fact]
    public void Network_policies_deny_all_traffic_that_is_not_listed()
    {
        var policies = All.OfType<V1NetworkPolicy>().ToList();
        Assert.All(policies, policy => Assert.Equal(["Ingress", "Egress"], policy.Spec.PolicyTypes));
        var everything = Assert.Single(policies, policy => policy.Spec.PodSelector.MatchLabels is null or { Count: 0 });
        Assert.Null(everything.Spec.Ingress);
        Assert.Null(everything.Spec.Egress);

        var gateway = Assert.Single(policies, policy => policy.Metadata.Name == "gateway").Spec;
        Assert.Equal(["http"], gateway.Ingress.SelectMany(rule => rule.Ports).Select(port => port.Port.Value));
        Assert.Equal(["30000", "443", "53", "53", "6379"], Ports(gateway));

        var silo = Assert.Single(policies, policy => policy.Metadata.Name == "silo").Spec;
        Assert.All(silo.Ingress.SelectMany(rule => rule.FromProperty), peer => Assert.NotNull(peer.PodSelector));
        Assert.Equal(["11111", "30000", "443", "53", "53", "5432", "6379", "6443"], Ports(silo));
    }

    private static IEnumerable<string> Ports(V1NetworkPolicySpec policy) =>
        policy.Egress.SelectMany(rule => rule.Ports).Select(port => port.Port.Value).Order(StringComparer.Ordinal);

    private static V1PodTemplateSpec Pod(string name) =>
        Assert.Single(All.OfType<V1Deployment>(), deployment => deployment.Metadata.Name == name).Spec.Template;
}
