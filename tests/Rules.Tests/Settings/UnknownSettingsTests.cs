using GeminiChat.ServiceDefaults.Settings;

namespace GeminiChat.Rules.Tests.Settings;

public sealed class UnknownSettingsTests
{
    [Theory]
    [InlineData("GEMINI_MODLE", "GEMINI_MODEL")]
    [InlineData("gemini_api_keys", "GEMINI_API_KEY")]
    [InlineData("DATABASE_URI", "DATABASE_URL")]
    [InlineData("PORTS", "PORT")]
    [InlineData("SECRETKEY", "SECRET_KEY")]
    public void A_name_with_a_typing_error_is_found(string name, string nearest) =>
        Assert.Equal((name, nearest), UnknownSettings.Find(name));

    [Theory]
    [InlineData("GEMINI_TEMPERATURE")]
    [InlineData("STRIPE_PUBLISHABLE_KEY")]
    public void A_name_that_begins_like_several_settings_is_found(string name) => Assert.Equal(name, UnknownSettings.Find(name)?.Name);

    [Theory]
    [InlineData("GEMINI_MODEL")]
    [InlineData("database_url")]
    [InlineData("PATH")]
    [InlineData("HOST")]
    [InlineData("HOSTNAME")]
    [InlineData("USER_ZDOTDIR")]
    [InlineData("REDIS_SERVICE_HOST")]
    [InlineData("GATEWAY_PORT")]
    [InlineData("AWS_REGIONS")]
    [InlineData("OTEL_SERVICE_NAME")]
    [InlineData("ASPNETCORE_URL")]
    public void Known_names_and_those_of_other_programs_are_not_found(string name) => Assert.Null(UnknownSettings.Find(name));
}
