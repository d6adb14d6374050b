using System.IO.Pipelines;
using System.Text;

namespace GeminiChat.Gateway.Streams;

/// <summary>A stream's bytes as text, for the OpenAPI document.</summary>
internal static class EventText
{
    public static string Of(Action<EventWriter> write)
    {
        using var memory = new MemoryStream();
        var pipe = PipeWriter.Create(memory);
        write(new EventWriter(pipe));
        pipe.Complete();
        return Encoding.UTF8.GetString(memory.ToArray());
    }
}
