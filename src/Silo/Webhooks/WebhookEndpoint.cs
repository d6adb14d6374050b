namespace GeminiChat.Silo.Webhooks;

/// <summary>A receiver of webhooks.</summary>
/// <param name="Number">The number of its settings. Its deliveries are stored with this number.</param>
/// <param name="Url">Where requests go.</param>
/// <param name="Keys">What signs them. During a rotation there are two, and each makes a signature.</param>
internal sealed record WebhookEndpoint(int Number, Uri Url, ImmutableArray<byte[]> Keys)
{
    /// <summary>Without the path, which may contain a secret.</summary>
    public override string ToString() => $"{Number} ({Url.Authority})";
}
