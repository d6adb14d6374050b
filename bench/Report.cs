using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace GeminiChat.Bench;

/// <summary>The rows as a table, as JSON, and as a picture of the ratios.</summary>
internal static class Report
{
    private const int BarHeight = 22;
    private const int LabelWidth = 400;
    private const int BarWidth = 420;
    private const int Width = LabelWidth + BarWidth + 90;

    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static string Table(IEnumerable<Row> rows)
    {
        var table = new StringBuilder("| operation | unit | baseline | GeminiChat | ratio | goal | baseline/s | GeminiChat/s |\n|---|---|---|---|---|---|---|---|\n");
        foreach (var row in rows)
        {
            table.Append(CultureInfo.InvariantCulture, $"| {row.Operation} | {row.Unit} | {Number(row.Baseline)} | {Number(row.Cost)} | {Number(row.Ratio)} | {Number(row.Goal)} | {Number(row.BaselineRate)} | {Number(row.Rate)} |\n");
        }

        return table.ToString();
    }

    public static string Json(IEnumerable<Row> rows) => JsonSerializer.Serialize(
        new
        {
            date = TimeProvider.System.GetUtcNow(),
            runtime = RuntimeInformation.FrameworkDescription,
            cores = Environment.ProcessorCount,
            rows,
        },
        Indented);

    /// <summary>A bar for each row with a ratio, and a line at its goal.</summary>
    public static string Picture(IEnumerable<Row> all)
    {
        Row[] rows = [.. all.Where(row => row.Ratio is not null)];
        var scale = BarWidth / rows.Max(row => Math.Max(row.Ratio!.Value, row.Goal ?? 0));
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{(rows.Length + 1) * BarHeight}\" font-family=\"sans-serif\" font-size=\"13\">\n");
        svg.Append("<title>Cost of each operation, as a multiple of the baseline's; the dark line is the goal</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
        foreach (var (i, row) in rows.Index())
        {
            var top = (i * BarHeight) + (BarHeight / 2);
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{LabelWidth - 8}\" y=\"{top + 13}\" text-anchor=\"end\">{row.Operation}</text>");
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{LabelWidth}\" y=\"{top + 2}\" width=\"{row.Ratio * scale:F1}\" height=\"{BarHeight - 6}\" fill=\"#4a7ebb\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{LabelWidth + (row.Ratio * scale) + 6:F1}\" y=\"{top + 13}\">{row.Ratio:F2}</text>");
            if (row.Goal is { } goal)
            {
                svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{LabelWidth + (goal * scale):F1}\" y=\"{top}\" width=\"2\" height=\"{BarHeight - 2}\" fill=\"#222\"/>");
            }

            svg.Append('\n');
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static string Number(double? value) => value switch
    {
        null => "",
        >= 100 => value.Value.ToString("N0", CultureInfo.InvariantCulture),
        _ => value.Value.ToString("0.##", CultureInfo.InvariantCulture),
    };
}
