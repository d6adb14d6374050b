using System.Buffers;
using System.Text.Json;
using GeminiChat.Grains.Model;

namespace GeminiChat.Silo.Gemini;

/// <summary>Splits the bytes of a response into events.</summary>
/// <remarks>
/// It follows the WHATWG's rules of server-sent events, with one addition: an overload in the middle of a response comes as bare
/// JSON over several lines, without <c>data:</c>. By the rules such lines are ignored, as the base library's parser does it, and
/// the response would seem to be complete.
/// </remarks>
internal sealed class ServerSentEventParser : IDisposable
{
    /// <summary>The maximum number of bytes in an event. The model's events have a few hundred.</summary>
    public const int MaxEventBytes = 1024 * 1024;

    private const int MaxBareJsonBytes = 64 * 1024;
    private readonly LineBuffer _lines = new(MaxEventBytes);
    private readonly ArrayBufferWriter<byte> _data = new();
    private PendingKind _pending;

    private enum PendingKind
    {
        None,
        Data,
        BareJson,
        Consumed,
    }

    /// <summary>The JSON of the last event; valid until the next call.</summary>
    public ReadOnlySpan<byte> Current => _data.WrittenSpan;

    /// <summary>Whether the stream ended within an event; known after <see cref="TryReadLast"/>.</summary>
    public bool IsTruncated { get; private set; }

    public Memory<byte> GetMemory() => _lines.GetMemory();

    public void Advance(int count) => _lines.Advance(count);

    /// <summary>Reads the next event that is complete in the bytes so far.</summary>
    public bool TryRead()
    {
        ClearConsumed();
        while (_lines.TryRead(out var line))
        {
            if (ProcessLine(line))
            {
                _pending = PendingKind.Consumed;
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// At the end of the stream, reads bare JSON whose last line has no line end. An event without its blank line is incomplete
    /// and is not returned. Nothing is read twice.
    /// </summary>
    public bool TryReadLast()
    {
        ClearConsumed();
        var line = _lines.ReadRest();
        var isField = line.StartsWith("data"u8);
        if (_pending is not PendingKind.Data && !line.IsEmpty && !isField)
        {
            ProcessLine(line);
        }

        if (_pending is not PendingKind.BareJson || !IsCompleteJson(_data.WrittenSpan))
        {
            IsTruncated = isField || _pending is not PendingKind.None;
            return false;
        }

        _pending = PendingKind.Consumed;
        return true;
    }

    public void Dispose() => _lines.Dispose();

    private static bool StartsJson(ReadOnlySpan<byte> line) => line[0] is (byte)'{' or (byte)'[';

    private static bool EndsJson(ReadOnlySpan<byte> line) => line[^1] is (byte)'}' or (byte)']';

    private static bool IsCompleteJson(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, isFinalBlock: false, state: default);
        try
        {
            return reader.Read() && reader.TrySkip();
        }
        catch (JsonException)
        {
            // Further lines cannot make it valid.
            return true;
        }
    }

    private bool ProcessLine(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty)
        {
            var isEvent = _data.WrittenCount > 0;
            _pending = PendingKind.None;
            return isEvent;
        }

        if (_pending is PendingKind.BareJson || StartsJson(line))
        {
            return ProcessBareJson(line);
        }

        ProcessField(line);
        return false;
    }

    private bool ProcessBareJson(ReadOnlySpan<byte> line)
    {
        if (_pending is PendingKind.Data)
        {
            _data.ResetWrittenCount();
        }

        _pending = PendingKind.BareJson;
        Append(line, MaxBareJsonBytes);
        return EndsJson(line) && IsCompleteJson(_data.WrittenSpan);
    }

    private void ProcessField(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        var name = colon < 0 ? line : line[..colon];
        if (!name.SequenceEqual("data"u8))
        {
            return;
        }

        var value = colon < 0 ? default : line[(colon + 1)..];
        if (_pending is PendingKind.Data)
        {
            Append("\n"u8, MaxEventBytes);
        }

        _pending = PendingKind.Data;
        Append(value.StartsWith(" "u8) ? value[1..] : value, MaxEventBytes);
    }

    private void Append(ReadOnlySpan<byte> bytes, int limit)
    {
        if (_data.WrittenCount + bytes.Length > limit)
        {
            throw new ModelException(ModelFault.Protocol, $"An event is longer than {limit} bytes.");
        }

        _data.Write(bytes);
    }

    private void ClearConsumed()
    {
        if (_pending is PendingKind.Consumed)
        {
            _data.ResetWrittenCount();
            _pending = PendingKind.None;
        }
    }
}
