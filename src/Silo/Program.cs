using GeminiChat.Silo.Settings;

var builder = WebApplication.CreateBuilder(args);
builder.Configuration.AddDotEnv();
await builder.Build().RunAsync();
