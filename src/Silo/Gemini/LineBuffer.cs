using System.Buffers;
using GeminiChat.Grains.Model;

namespace GeminiChat.Silo.Gemini;

/// <summary>Splits bytes into lines that end with CRLF, LF or CR, in one pooled buffer.</summary>
/// <param name="maxLine">The maximum number of bytes in a line.</param>
internal sealed class LineBuffer(int maxLine) : IDisposable
{
    private const int InitialSize = 1024;
    private const int MinReadSize = 512;
    private const byte Cr = (byte)'\r';
    private const byte Lf = (byte)'\n';
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(InitialSize);
    private int _start;
    private int _scanned;
    private int _end;
    private bool _isFirst = true;
    private bool _endedWithCr;

    /// <summary>Space for the next bytes. <see cref="Advance"/> says how many were written there.</summary>
    public Memory<byte> GetMemory()
    {
        if (_start == _end)
        {
            _start = _scanned = _end = 0;
        }

        if (_bytes.Length - _end < MinReadSize)
        {
            MakeRoom();
        }

        return _bytes.AsMemory(_end);
    }

    public void Advance(int count) => _end += count;

    /// <summary>Reads the next complete line, without its end; valid until the next call.</summary>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        SkipLfOfCrLf();
        var found = _bytes.AsSpan(_scanned, _end - _scanned).IndexOfAny(Cr, Lf);
        if (found < 0)
        {
            _scanned = _end;
            line = default;
            return false;
        }

        var end = _scanned + found;
        line = WithoutBom(_bytes.AsSpan(_start, end - _start));
        _endedWithCr = _bytes[end] is Cr;
        _start = _scanned = end + 1;
        return true;
    }

    /// <summary>At the end of the stream, reads the rest after the last complete line; valid until the next call.</summary>
    public ReadOnlySpan<byte> ReadRest()
    {
        SkipLfOfCrLf();
        var rest = WithoutBom(_bytes.AsSpan(_start, _end - _start));
        _start = _scanned = _end;
        return rest;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _start = _scanned = _end = 0;
    }

    private void SkipLfOfCrLf()
    {
        if (!_endedWithCr || _start == _end)
        {
            return;
        }

        _endedWithCr = false;
        if (_bytes[_start] is Lf)
        {
            _start++;
            _scanned = _start;
        }
    }

    private ReadOnlySpan<byte> WithoutBom(ReadOnlySpan<byte> line)
    {
        var hasBom = _isFirst && line.StartsWith("\uFEFF"u8);
        _isFirst = false;
        return hasBom ? line["\uFEFF"u8.Length..] : line;
    }

    private void MakeRoom()
    {
        var length = _end - _start;
        if (length > maxLine)
        {
            throw new ModelException(ModelFault.Protocol, $"A line is longer than {maxLine} bytes.");
        }

        var bytes = length > _bytes.Length / 2 ? ArrayPool<byte>.Shared.Rent(_bytes.Length * 2) : _bytes;
        _bytes.AsSpan(_start, length).CopyTo(bytes);
        if (bytes != _bytes)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = bytes;
        }

        _scanned -= _start;
        (_start, _end) = (0, length);
    }
}
