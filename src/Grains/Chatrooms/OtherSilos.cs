namespace GeminiChat.Grains.Chatrooms;

/// <summary>Where the rooms of a leaving silo can go.</summary>
internal sealed class OtherSilos(IClusterMembershipService membership, ILocalSiloDetails self)
{
    /// <summary>One of the silos at work, any; null when this is the only one.</summary>
    public SiloAddress? Any()
    {
        var others = membership.CurrentSnapshot.Members.Values
            .Where(silo => silo.Status is SiloStatus.Active && !silo.SiloAddress.Equals(self.SiloAddress))
            .ToArray();
        return others.Length == 0 ? null : others[Random.Shared.Next(others.Length)].SiloAddress;
    }
}
