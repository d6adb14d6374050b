namespace GeminiChat.ServiceDefaults.Startup;

/// <summary>
/// Checks before the start that a part of the program will be able to work. It is registered beside that part. Without it, the
/// part's own exception would be the error of the start, with a stack trace.
/// </summary>
internal interface IStartupCheck
{
    /// <summary>Checks it.</summary>
    /// <exception cref="StartupException">The part cannot work.</exception>
    Task Check(CancellationToken cancellationToken);
}
