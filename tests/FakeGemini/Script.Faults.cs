namespace GeminiChat.Fakes;

/// <content>Ways to go wrong in the midst of a reply. A reply that simply stops is <see cref="Chunks(string[])"/> alone.</content>
public sealed partial record Script
{
    /// <summary>The first half of an event; the reply ends after it.</summary>
    public static Script TruncatedEvent() => Raw("data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"ha");

    /// <summary>An event that is not JSON.</summary>
    public static Script Garbage() => Raw("data: {\"candidates\":[oops}\r\n\r\n");

    /// <summary>A connection that ends without the end of the body.</summary>
    public static Script ConnectionClosed() => new(exchange => exchange.CloseWithoutEnd());

    /// <summary>A connection that is reset.</summary>
    public static Script Reset() => new(exchange =>
    {
        exchange.ResetConnection();
        return Task.CompletedTask;
    });

    /// <summary>One event with a text of so many bytes.</summary>
    public static Script BigEvent(int bytes = 5 * 1024 * 1024) => Chunks(new string('x', bytes));

    /// <summary>An answer without end.</summary>
    public static Script Endless(int textBytes = 16 * 1024) => new(async exchange =>
    {
        var piece = new ReplyChunk { Text = new string('x', textBytes) };
        while (true)
        {
            await exchange.SendChunk(piece);
        }
    });

    /// <summary>An answer of one character an event, a byte of it at a time, without end.</summary>
    public static Script ByteByByte(TimeSpan perByte) => Endless(1).Sliced(1, perByte);

    /// <summary>Nothing, for as long as the client stays.</summary>
    public static Script Silence() => Pause(Timeout.InfiniteTimeSpan);

    /// <summary>The headers of a reply and nothing else, for as long as the client stays.</summary>
    public static Script SilenceAfterHeaders() => new Script(exchange => exchange.Start()).Then(Silence());

    /// <summary>What a server may send between events: comments, and fields that say nothing here.</summary>
    public static Script Noise() => Raw(": keep-alive\r\n\r\nevent: message\r\nid: 7\r\nretry: 10\r\nx-new: 1\r\n\r\n");
}
