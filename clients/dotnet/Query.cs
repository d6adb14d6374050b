using System.Globalization;

namespace GeminiChat.Client;

internal static class Query
{
    /// <summary>A query of the parameters that are not null.</summary>
    public static string Of(params (string Name, IConvertible? Value)[] parameters)
    {
        var given = parameters.Where(parameter => parameter.Value is not null)
            .Select(parameter => $"{parameter.Name}={Uri.EscapeDataString(ToText(parameter.Value!))}").ToList();
        return given.Count == 0 ? "" : $"?{string.Join('&', given)}";
    }

    private static string ToText(IConvertible value) => value is bool flag ? (flag ? "true" : "false") : value.ToString(CultureInfo.InvariantCulture);
}
