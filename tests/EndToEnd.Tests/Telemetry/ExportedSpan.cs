using System.Text;

namespace GeminiChat.EndToEnd.Tests.Telemetry;

/// <summary>A place in a trace.</summary>
internal readonly record struct ExportedSpanId(string Trace, string Id);

/// <summary>A span as OTLP sends it: <c>opentelemetry/proto/trace/v1/trace.proto</c>.</summary>
internal sealed record ExportedSpan(ExportedSpanId Id, string Parent, string Name, IReadOnlyList<ExportedSpanId> Links)
{
    private const int NestedField = 2;

    /// <summary>Reads an <c>ExportTraceServiceRequest</c>: spans, in scopes, in resources.</summary>
    public static IEnumerable<ExportedSpan> ReadAll(byte[] request) =>
        from resource in Fields(request).Where(field => field.Number == 1)
        from scope in Fields(resource.Value).Where(field => field.Number == NestedField)
        from span in Fields(scope.Value).Where(field => field.Number == NestedField)
        select Read(Fields(span.Value));

    private static ExportedSpan Read(List<(int Number, byte[] Value)> fields) => new(
        IdOf(fields),
        Convert.ToHexStringLower(Value(fields, 4)),
        Encoding.UTF8.GetString(Value(fields, 5)),
        [.. fields.Where(field => field.Number == 13).Select(link => IdOf(Fields(link.Value)))]);

    /// <summary>Of spans and links alike.</summary>
    private static ExportedSpanId IdOf(List<(int Number, byte[] Value)> fields) =>
        new(Convert.ToHexStringLower(Value(fields, 1)), Convert.ToHexStringLower(Value(fields, 2)));

    private static byte[] Value(List<(int Number, byte[] Value)> fields, int number) =>
        fields.Find(field => field.Number == number).Value ?? [];

    /// <summary>The fields of a message that have a length; the others are skipped.</summary>
    private static List<(int Number, byte[] Value)> Fields(byte[] message)
    {
        var fields = new List<(int, byte[])>();
        for (var at = 0; at < message.Length;)
        {
            var tag = (int)Varint(message, ref at);
            switch (tag & 7)
            {
                case 0:
                    Varint(message, ref at);
                    break;
                case 1:
                    at += sizeof(long);
                    break;
                case 2:
                    var length = (int)Varint(message, ref at);
                    fields.Add((tag >> 3, message[at..(at + length)]));
                    at += length;
                    break;
                case 5:
                    at += sizeof(int);
                    break;
                default:
                    throw new FormatException($"No such wire type: {tag & 7}.");
            }
        }

        return fields;
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var part = message[at++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }
    }
}
