using GeminiChat.ServiceDefaults;

namespace GeminiChat.Rules.Tests.Text;

/// <summary>The form of API keys.</summary>
public sealed class ApiKeyTextTests
{
    private static readonly Guid Id = new("019c143a-5d80-7a51-9c0e-2f6d18b7a3e4");

    [Fact]
    public void A_key_is_read_back_and_another_secret_has_another_hash()
    {
        var text = ApiKeyText.Create(Id, out var hash);

        Assert.True(ApiKeyText.TryParse(text, out var id, out var read));
        Assert.Equal((Id, hash), (id, read));
        Assert.Equal(64, hash.Length);
        Assert.StartsWith($"gck_{Id:N}_", text, StringComparison.Ordinal);
        Assert.True(ApiKeyText.TryParse(ApiKeyText.Create(Id, out _), out _, out var other));
        Assert.NotEqual(hash, other);
    }

    [Theory]
    [InlineData("")]
    [InlineData("gck_")]
    [InlineData("gck_019c143a5d807a519c0e2f6d18b7a3e4_012345678901234567890123456789012345678")]
    [InlineData("gck_019c143a5d807a519c0e2f6d18b7a3e4_01234567890123456789012345678901234567890")]
    [InlineData("gck_019c143a5d807a519c0e2f6d18b7a3e4-0123456789012345678901234567890123456789")]
    [InlineData("gck_019c143a5d807a519c0e2f6d18b7a3eX_0123456789012345678901234567890123456789")]
    [InlineData("GCK_019c143a5d807a519c0e2f6d18b7a3e4_0123456789012345678901234567890123456789")]
    [InlineData("xck_019c143a5d807a519c0e2f6d18b7a3e4_0123456789012345678901234567890123456789")]
    public void Another_text_is_no_key(string text) => Assert.False(ApiKeyText.TryParse(text, out _, out _));
}
