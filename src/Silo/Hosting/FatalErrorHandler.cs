using GeminiChat.ServiceDefaults.Startup;

namespace GeminiChat.Silo.Hosting;

/// <summary>
/// Ends the process when Orleans cannot go on, most often because other silos have declared this one dead. By default Orleans
/// aborts, with a core dump and an exit code like that of a bug.
/// </summary>
internal sealed class FatalErrorHandler(ProcessTerminator terminator) : IFatalErrorHandler
{
    public bool IsUnexpected(Exception exception) => true;

    public void OnFatalException(object? sender = null, string? context = null, Exception? exception = null) =>
        terminator.Terminate($"Orleans cannot go on: {context} {exception}".Trim());
}
