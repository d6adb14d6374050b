using System.Buffers;
using System.IO.Compression;
using System.Net.Sockets;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GeminiChat.Fakes;

/// <summary>A call that is being answered: what a script sends, and how.</summary>
public sealed class GeminiExchange : IAsyncDisposable
{
    private static readonly JsonWriterOptions Unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly HttpContext _context;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _gone;
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly List<ReplyChunk> _unsent = [];
    private readonly Lazy<ReplyMetadata> _facts;
    private GZipStream? _zip;
    private (int Size, TimeSpan Pause)? _slices;
    private bool _isCutHere;
    private bool _hasPieces;

    internal GeminiExchange(HttpContext context, RecordedRequest request, FakeGemini fake)
    {
        (_context, Request, _time) = (context, request, fake.Options.Time);
        _facts = new(() => new ReplyMetadata(request, fake.Signatures));
        _gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, fake.Stopping, fake.Resetting);
    }

    public RecordedRequest Request { get; }

    /// <summary>Canceled when nobody is left to answer.</summary>
    public CancellationToken Aborted => _gone.Token;

    internal bool ClientLeft => _context.RequestAborted.IsCancellationRequested && !_isCutHere;

    // generateContent gives one object; a stream without alt=sse gives an array.
    private bool IsSingle => Request.Method is "generateContent";

    /// <summary>Names another model than the one asked for as the one that answers.</summary>
    public void AnswerAs(string modelVersion) => _facts.Value.ModelVersion = modelVersion;

    /// <summary>Compresses what follows.</summary>
    public void UseGzip()
    {
        _context.Response.Headers.ContentEncoding = "gzip";
        _zip = new GZipStream(_context.Response.Body, CompressionLevel.Fastest, leaveOpen: true);
    }

    /// <summary>Sends what follows in slices of some bytes, each flushed, with a pause after each.</summary>
    public void UseSlices(int size, TimeSpan pause = default) => _slices = (size, pause);

    public Task Wait(TimeSpan delay) => Task.Delay(delay, _time, Aborted);

    /// <summary>Sends an event. What the caller did not ask for is left out of it.</summary>
    public async Task SendChunk(ReplyChunk piece)
    {
        _facts.Value.Count(piece);
        if (Request.Asked(piece) is not { } asked)
        {
            return;
        }

        piece = asked;
        if (IsSingle)
        {
            _unsent.Add(piece);
            return;
        }

        _buffer.ResetWrittenCount();
        _buffer.Write(Request.IsSse ? "data: "u8 : _hasPieces ? ",\r\n"u8 : "["u8);
        Append(piece, [piece]);
        _buffer.Write(Request.IsSse ? "\r\n\r\n"u8 : default);
        _hasPieces = true;
        await SendRaw(_buffer.WrittenMemory);
    }

    /// <summary>Sends bytes as they are.</summary>
    public Task SendRaw(string text) => SendRaw(Encoding.UTF8.GetBytes(text));

    /// <inheritdoc cref="SendRaw(string)"/>
    public async Task SendRaw(ReadOnlyMemory<byte> bytes)
    {
        SetHeaders();
        if (_slices is not { } slices)
        {
            await Send(bytes);
            return;
        }

        for (var start = 0; start < bytes.Length; start += slices.Size)
        {
            await Send(bytes.Slice(start, Math.Min(slices.Size, bytes.Length - start)));
            await (slices.Pause > TimeSpan.Zero ? Wait(slices.Pause) : Task.CompletedTask);
        }
    }

    /// <summary>Sends the headers of a reply, and nothing of its body.</summary>
    public async Task Start()
    {
        SetHeaders();
        await _context.Response.Body.FlushAsync(Aborted);
    }

    /// <summary>Answers with a status and a body, in place of a reply.</summary>
    public async Task Respond(int status, string body)
    {
        _context.Response.StatusCode = status;
        SetHeaders();
        await Send(Encoding.UTF8.GetBytes(body));
    }

    /// <summary>Sets a header of the answer.</summary>
    public void Header(string name, string value) => _context.Response.Headers[name] = value;

    /// <summary>Breaks the connection off with a reset, after what was sent.</summary>
    public void ResetConnection()
    {
        _isCutHere = true;
        _context.Abort();
    }

    /// <summary>Ends the connection in the midst of the body, after what was sent.</summary>
    public async Task CloseWithoutEnd()
    {
        _isCutHere = true;
        _context.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket.Shutdown(SocketShutdown.Send);
        await Wait(Timeout.InfiniteTimeSpan);
    }

    public async ValueTask DisposeAsync()
    {
        if (_zip is not null && !Aborted.IsCancellationRequested)
        {
            await _zip.DisposeAsync();
        }

        _gone.Dispose();
    }

    internal async Task Complete()
    {
        if (_hasPieces && !Request.IsSse)
        {
            await SendRaw("]");
        }

        if (_unsent.Count > 0)
        {
            _buffer.ResetWrittenCount();
            var last = _unsent[^1] with
            {
                Grounding = _unsent.FindLast(piece => piece.Grounding is not null)?.Grounding,
                UrlContext = _unsent.FindLast(piece => piece.UrlContext is not null)?.UrlContext,
            };
            Append(last, ReplyChunk.Join(_unsent));
            await SendRaw(_buffer.WrittenMemory);
        }
    }

    private void Append(ReplyChunk piece, IEnumerable<ReplyChunk> parts)
    {
        using var json = new Utf8JsonWriter(_buffer, Unescaped);
        piece.Write(json, parts, _facts.Value);
    }

    private async Task Send(ReadOnlyMemory<byte> bytes)
    {
        Stream body = _zip is null ? _context.Response.Body : _zip;
        await body.WriteAsync(bytes, Aborted);
        await body.FlushAsync(Aborted);
    }

    // Errors of the streaming method come with the content type of events, too.
    private void SetHeaders()
    {
        if (!_context.Response.HasStarted)
        {
            _context.Response.ContentType = Request.IsSse ? "text/event-stream" : "application/json; charset=UTF-8";
            _context.Response.Headers.ContentDisposition = "attachment";
            _context.Response.Headers.Server = "scaffolding on HTTPServer2";
        }
    }
}
