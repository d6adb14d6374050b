namespace GeminiChat.GrainInterfaces.Chatrooms;

/// <summary>A file that belongs to a message.</summary>
/// <param name="Id">The file.</param>
/// <param name="Name">Its name.</param>
/// <param name="MediaType">Its type, as its bytes say.</param>
/// <param name="Size">Its size in bytes.</param>
[GenerateSerializer, Immutable, Alias("geminichat.Attachment")]
public sealed record Attachment(
    [property: Id(0)] Guid Id, [property: Id(1)] string Name, [property: Id(2)] string MediaType, [property: Id(3)] long Size)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(Attachment);
}
