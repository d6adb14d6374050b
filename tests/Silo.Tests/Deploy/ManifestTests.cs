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
    public void A_program_has_its_time_to_end_and_no_more_rights_than_it_needs(string name)
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
    public void Kubernetes_asks_whether_a_program_is_ready_and_keeps_all_but_one_of_it(string name)
    {
        var container = Assert.Single(Pod(name).Spec.Containers);
        var budget = Assert.Single(All.OfType<V1PodDisruptionBudget>(), budget => budget.Metadata.Name == name);

        Assert.Equal("/health/ready", container.ReadinessProbe.HttpGet.Path);
        Assert.Equal("/health/live", container.LivenessProbe.HttpGet.Path);
        Assert.Equal("1", budget.Spec.MaxUnavailable.Value);
        Assert.Equal(Pod(name).Metadata.Labels["app.kubernetes.io/name"], budget.Spec.Selector.MatchLabels["app.kubernetes.io/name"]);
    }

    [Fact]
    public void A_silo_may_watch_the_pods_that_carry_its_clusters_labels()
    {
        var pod = Pod("silo");
        var role = Assert.Single(All.OfType<V1Role>());
        var binding = Assert.Single(All.OfType<V1RoleBinding>());

        Assert.Equal(["get", "list", "watch"], Assert.Single(role.Rules).Verbs);
        Assert.Equal(pod.Spec.ServiceAccountName, Assert.Single(binding.Subjects).Name);
        Assert.Equal("geminichat", pod.Metadata.Labels["orleans/serviceId"]);
        Assert.Equal("geminichat", pod.Metadata.Labels["orleans/clusterId"]);
    }

    private static V1PodTemplateSpec Pod(string name) =>
        Assert.Single(All.OfType<V1Deployment>(), deployment => deployment.Metadata.Name == name).Spec.Template;
}
