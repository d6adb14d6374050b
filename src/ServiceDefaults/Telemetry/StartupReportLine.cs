namespace GeminiChat.ServiceDefaults.Telemetry;

/// <summary>
/// A part of the running program, as it says at its start. Each is registered beside what it tells of; none holds a
/// secret.
/// </summary>
/// <param name="Component">One word.</param>
/// <param name="Value">What it is.</param>
/// <param name="Warning">Why this will not do for production; null when it will.</param>
internal sealed record StartupReportLine(string Component, string Value, string? Warning = null);
