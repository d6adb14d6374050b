using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.Grains.Model;

namespace GeminiChat.Rules.Tests.Model;

public sealed class ModelFamilyTests
{
    [Theory]
    [InlineData("gemini-3-flash-preview", "Level", "Minimal,Low,Medium,High")]
    [InlineData("gemini-3.5-flash", "Level", "Minimal,Low,Medium,High")]
    [InlineData("gemini-3.6-flash-002", "Level", "Minimal,Low,Medium,High")]
    [InlineData("gemini-3.7-flash", "Level", "Low,Medium,High")]
    [InlineData("gemini-3.8-flash", "Level", "Low,Medium,High")]
    [InlineData("gemini-3.10-flash", "Level", "Low,Medium,High")]
    [InlineData("gemini-4.0-flash-preview", "Level", "Low,Medium,High")]
    [InlineData("gemini-4.1-flash-latest", "Level", "Low,Medium,High")]
    [InlineData("gemini-3.8-flash-lite", "Level", "Minimal,Low,Medium,High")]
    [InlineData("gemini-3.8-flash-lite-preview", "Level", "Minimal,Low,Medium,High")]
    [InlineData("gemini-3.1-pro-preview", "Level", "Low,Medium,High")]
    [InlineData("gemini-3-pro", "Level", "Low,Medium,High")]
    [InlineData("Gemini-3-Pro", "Level", "Low,Medium,High")]
    [InlineData("gemini-flash-latest", "Level", "Low,Medium,High")]
    [InlineData("gemini-pro-latest", "Level", "Low,Medium,High")]
    [InlineData("gemini-4-hydrogen", "Level", "Low,Medium,High")]
    [InlineData("gemini-flash-lite-latest", "Level", "Minimal,Low,Medium,High")]
    [InlineData("gemini-4-argon", "Level", "Minimal,Low,Medium,High")]
    [InlineData("gemini-9-unheard-of", "Level", "Minimal,Low,Medium,High")]
    [InlineData("gemini-2.5-pro", "Budget", "Minimal,Low,Medium,High")]
    [InlineData("gemini-2.5-flash-lite", "Budget", "Minimal,Low,Medium,High")]
    [InlineData("gemini-2.0-flash", "None", "")]
    [InlineData("gemini-1.5-pro", "None", "")]
    [InlineData("gemini-pro", "None", "")]
    [InlineData("gemini-3-pro-image-preview", "None", "")]
    [InlineData("gemini-2.5-flash-preview-tts", "None", "")]
    [InlineData("gemma-3-27b-it", "None", "")]
    [InlineData("offline-assistant", "None", "")]
    public void The_name_of_a_model_says_how_it_thinks(string model, string control, string levels)
    {
        var family = ModelFamily.Of(model);

        Assert.Equal(control, family.Control.ToString());
        Assert.Equal(levels, string.Join(',', family.Levels));
    }

    [Theory]
    [InlineData("gemini-3.8-flash", true, true, true, 1_048_576, "text,image,audio,video,pdf")]
    [InlineData("gemini-2.5-flash", true, true, true, 1_048_576, "text,image,audio,video,pdf")]
    [InlineData("gemini-2.0-flash", true, false, true, 1_048_576, "text,image,audio,video,pdf")]
    [InlineData("gemini-2.0-flash-lite", false, false, false, null, "text")]
    [InlineData("gemini-1.5-pro", false, false, false, null, "text")]
    [InlineData("gemini-2.5-flash-image", false, false, false, null, "text,image")]
    [InlineData("gemma-3-27b-it", false, false, false, null, "text,image")]
    [InlineData("another-model", false, false, false, null, "text")]
    public void The_name_of_a_model_says_what_it_can_do(string model, bool search, bool urls, bool code, int? tokens, string input)
    {
        var family = ModelFamily.Of(model);

        Assert.Equal((search, urls, code, tokens), (family.Search, family.UrlContext, family.CodeExecution, family.ContextTokens));
        Assert.Equal(input, string.Join(',', family.Input));
    }

    [Theory]
    [InlineData("gemini-2.5-pro", ThinkingLevel.Minimal, 128)]
    [InlineData("gemini-2.5-pro", ThinkingLevel.High, 32_768)]
    [InlineData("gemini-2.5-flash", ThinkingLevel.Minimal, 0)]
    [InlineData("gemini-2.5-flash", ThinkingLevel.Low, 1024)]
    [InlineData("gemini-2.5-flash", ThinkingLevel.Medium, 8192)]
    [InlineData("gemini-2.5-flash", ThinkingLevel.High, 24_576)]
    public void A_level_is_a_budget_for_Gemini_2_5(string model, ThinkingLevel level, int budget) =>
        Assert.Equal(budget, ModelFamily.GetBudget(model, level));
}
