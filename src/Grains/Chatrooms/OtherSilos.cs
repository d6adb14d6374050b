namespace GeminiChat.Grains.Chatrooms;

/// <summary>The silos that the rooms of a silo can move to while it is shutting down.</summary>
internal sealed class OtherSilos(IClusterMembershipService membership, ILocalSiloDetails self)
{
    /// <summary>Returns a random other active silo; null when there is none.</summary>
    public SiloAddress? PickRandom()
    {
        var others = membership.CurrentSnapshot.Members.Values
            .Where(silo => silo.Status is SiloStatus.Active && !silo.SiloAddress.Equals(self.SiloAddress))
            .ToArray();
        return others.Length == 0 ? null : others[Random.Shared.Next(others.Length)].SiloAddress;
    }
}
