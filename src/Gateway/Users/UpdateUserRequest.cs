using System.ComponentModel.DataAnnotations;
using GeminiChat.Gateway.Web;

namespace GeminiChat.Gateway.Users;

/// <summary>What to change of the signed-in user.</summary>
/// <param name="Name">The new name; null for none.</param>
internal sealed record UpdateUserRequest(
    [property: StringLength(Limits.Name, MinimumLength = 1)] PatchedText Name = default) : IRequestBody
{
    public string? Flaw() =>
        !Name.IsGiven ? "Give name, or null for none." : Name.Value is { } name ? Text.Visible("name", name, Limits.Name) : null;
}
