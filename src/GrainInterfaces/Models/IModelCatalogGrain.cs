using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;

namespace GeminiChat.GrainInterfaces.Models;

/// <summary>The models that users can choose. Any key; it owns nothing, and each silo answers from its memory.</summary>
[Alias("geminichat.IModelCatalogGrain")]
public interface IModelCatalogGrain : IGrainWithIntegerKey
{
    /// <summary>The models of a tier, the default one first. Safe to repeat.</summary>
    [Alias("List")]
    Task<ImmutableArray<OfferedModel>> List(Tier tier);
}

/// <summary>A model that a user can choose.</summary>
/// <param name="Id">Its id, as in <see cref="ReplyOptions.Model"/>.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="Input">The kinds of media that it understands: <c>text</c>, <c>image</c>, <c>audio</c>, <c>video</c>, <c>pdf</c>.</param>
/// <param name="Thinking">The levels of thinking that can be chosen, from the lowest; empty when there are none.</param>
/// <param name="Search">Whether it can search the web.</param>
/// <param name="ContextTokens">The maximum number of tokens of a prompt; null when it is not known.</param>
/// <param name="IsDefault">Whether it writes the replies for which no model was chosen.</param>
[GenerateSerializer, Immutable, Alias("geminichat.OfferedModel")]
public sealed record OfferedModel(
    [property: Id(0)] string Id,
    [property: Id(1)] string Name,
    [property: Id(2)] ImmutableArray<string> Input,
    [property: Id(3)] ImmutableArray<ThinkingLevel> Thinking,
    [property: Id(4)] bool Search,
    [property: Id(5)] int? ContextTokens,
    [property: Id(6)] bool IsDefault)
{
    /// <summary>The name alone: Orleans logs messages that it cannot deliver.</summary>
    public override string ToString() => nameof(OfferedModel);
}
