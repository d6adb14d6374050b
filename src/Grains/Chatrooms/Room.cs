using System.Diagnostics;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// A room as its activation holds it: what is stored, and the pending turns. Not thread-safe: it belongs to one
/// activation.
/// </summary>
internal sealed class Room
{
    private const int DefaultPage = 100;

    private readonly List<Turn> _turns;
    private readonly ChatroomOptions _options;
    private long _lastVersion;
    private RoomView? _newestPage;
    private int _counted;
    private bool _hasLeft;

    public Room(RoomKey key, StoredRoom stored, ChatroomServices services)
    {
        Key = key;
        Row = stored.Row;
        _options = services.Options;
        _lastVersion = stored.Row.Summary.Version;
        Conversation = new Conversation(key, services.Rooms, stored.Tail, _options.TailMessages);
        _turns = [.. stored.OlderOpen
            .Concat(stored.Tail.Where(message => message.Sender is Sender.Ai && message.Status.IsOpen()))
            .Select(reply => NewTurn(reply, isOwned: false, tier: null, origin: default))];
        Count();
    }

    public RoomKey Key { get; }

    public RoomRow Row { get; private set; }

    public Conversation Conversation { get; }

    /// <summary>The pending turns in the order of their acceptance. The first one runs.</summary>
    public IReadOnlyList<Turn> Turns => _turns;

    public Turn? OpenTurn(long replyId)
    {
        // A loop allocates nothing. A predicate would be a new object at each poll of each reader.
        foreach (var turn in _turns)
        {
            if (turn.Reply.Id == replyId)
            {
                return turn;
            }
        }

        return null;
    }

    /// <summary>Whether a reply to a message is pending.</summary>
    public bool OwesReplyTo(long messageId) => _turns.Exists(turn => turn.Reply.ReplyTo == messageId);

    /// <summary>Pending turns before a reply; 0 when it runs or is finished.</summary>
    public int Position(long replyId) => Math.Max(0, _turns.FindIndex(turn => turn.Reply.Id == replyId));

    /// <summary>The room after a change at this moment. Each call makes a newer version.</summary>
    public RoomSummary ChangedAt(DateTimeOffset now) =>
        Row.Summary with { UpdatedAt = now, Version = ++_lastVersion };

    /// <summary>The answer to a request whose key has been used before.</summary>
    public PostOutcome Repeat(StoredTurn stored, TurnRequest request) => request.LedTo(stored)
        ? new PostOutcome.Accepted(stored.Message, Now(stored.Reply), Position(stored.Reply.Id))
        : new PostOutcome.KeyReused();

    /// <summary>The room with another name and prompt, which is no activity. Each call makes a newer version.</summary>
    public RoomRow With(string name, string? systemPrompt, bool isNamed)
    {
        var version = ++_lastVersion;
        var summary = Row.Summary with { Name = name, Version = version, SettingsVersion = version };
        return Row with { Summary = summary, SystemPrompt = systemPrompt, IsNamed = isNamed };
    }

    /// <summary>Turns have been stored.</summary>
    /// <param name="acceptance">The turns.</param>
    /// <param name="tier">The user's tier at their acceptance; null when it is not known any more.</param>
    public void Accepted(Acceptance acceptance, Tier? tier)
    {
        foreach (var accepted in acceptance.Turns)
        {
            if (accepted.Regenerates is null)
            {
                Conversation.Add(accepted.Message);
            }
            else
            {
                Conversation.Supersede(accepted.Reply);
            }

            Conversation.Add(accepted.Reply);
            _turns.Add(NewTurn(accepted.Reply, isOwned: true, tier, accepted.Origin));
        }

        Count();
        Row = Row with { NextId = acceptance.Turns[^1].Reply.Id + 1 };
        Changed(acceptance.Summary);
    }

    /// <summary>A turn's end has been stored.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="finished">The reply as stored.</param>
    /// <param name="summary">The room as stored.</param>
    /// <param name="isTitled">Whether the room got its name by it.</param>
    public void Ended(Turn turn, RoomMessage finished, RoomSummary summary, bool isTitled)
    {
        _turns.Remove(turn);
        Count();
        Conversation.Replace(finished);
        Row = Row with { IsNamed = Row.IsNamed || isTitled };
        Changed(summary);
        turn.End(finished);
        turn.Dispose();
    }

    /// <summary>Name and prompt have been stored.</summary>
    public void SettingsChanged(RoomRow stored)
    {
        Row = Row with { SystemPrompt = stored.SystemPrompt, IsNamed = stored.IsNamed };
        Changed(stored.Summary);
    }

    /// <summary>Takes name and prompt from the row, after a write whose outcome was unknown and that was stored.</summary>
    public void Correct(RoomRow stored)
    {
        _lastVersion = Math.Max(_lastVersion, stored.Summary.Version);
        var known = Row.Summary with { Name = stored.Summary.Name, SettingsVersion = stored.Summary.SettingsVersion };
        Row = Row with { Summary = known, SystemPrompt = stored.SystemPrompt, IsNamed = stored.IsNamed };
        Changed(stored.Summary);
    }

    /// <summary>A message as it is at this moment.</summary>
    public RoomMessage Now(RoomMessage stored) => OpenTurn(stored.Id)?.Now() ?? stored;

    public async ValueTask<RoomView> View(int limit, long? before)
    {
        // While no reply is written the page stays the same instance, so the gateway can cache what it makes of it.
        var isCacheable = limit == DefaultPage && before is null && _turns.Count == 0;
        if (isCacheable && _newestPage is { } cached)
        {
            return cached;
        }

        var row = Row;
        var page = await Conversation.Page(limit, before ?? long.MaxValue);
        var now = _turns.Count == 0 ? page : [.. page.Select(Now)];
        var view = new RoomView(Row.Summary, now, HasOlder: page is [{ Id: > 1 }, ..], Row.SystemPrompt);
        if (isCacheable && ReferenceEquals(row, Row))
        {
            _newestPage = view;
        }

        return view;
    }

    /// <summary>The activation ends. Another one goes on with the pending turns.</summary>
    public void Leave()
    {
        _hasLeft = true;
        Count();
    }

    private void Count()
    {
        var open = _hasLeft ? 0 : _turns.Count;
        TurnInstruments.OpenChanged(open - _counted);
        _counted = open;
    }

    private void Changed(RoomSummary summary)
    {
        _newestPage = null;

        // Several writes can be under way, and a later version can be stored before an earlier one.
        Row = Row with { Summary = Row.Summary.With(summary) };
    }

    private Turn NewTurn(RoomMessage reply, bool isOwned, Tier? tier, ActivityContext origin) =>
        new(reply, isOwned, tier, _options.MaxAnswerBytes, origin);
}
