using GeminiChat.Migrator;

return await MigrateCommand.Run(args is ["migrate", .. var words] ? words : args);
