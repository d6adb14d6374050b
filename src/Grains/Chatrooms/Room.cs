using System.Diagnostics;

namespace GeminiChat.Grains.Chatrooms;

/// <summary>
/// A room in the memory of its activation: what is stored, and the pending turns. Not thread-safe: one activation owns
/// it.
/// </summary>
internal sealed class Room
{
    private const int DefaultPage = 100;

    private readonly List<Turn> _pendingTurns;
    private readonly ChatroomOptions _options;
    private readonly ChatroomServices _services;
    private long _lastVersion;
    private RoomView? _newestPage;
    private RoomView? _newestBranchPage;
    private int _reportedPending;
    private bool _isDeactivated;

    public Room(RoomKey key, StoredRoom stored, ChatroomServices services)
    {
        Key = key;
        Row = stored.Row;
        _services = services;
        _options = services.Options.Value;
        _lastVersion = stored.Row.Summary.Version;
        Conversation = new Conversation(key, services.Rooms, stored, _options.TailMessages);
        _pendingTurns = [.. stored.OlderPending
            .Concat(stored.Tail.Where(message => message.Sender is Sender.Ai && message.Status.IsPending()))
            .Select(reply => NewTurn(reply, isOwned: false, tier: null, origin: default))];
        UpdatePendingMetric();
    }

    public RoomKey Key { get; }

    public RoomRow Row { get; private set; }

    public Conversation Conversation { get; }

    /// <summary>The pending turns in the order of their acceptance. The first one runs.</summary>
    public IReadOnlyList<Turn> PendingTurns => _pendingTurns;

    public Turn? FindPendingTurn(long replyId)
    {
        // The loop allocates nothing. A predicate would allocate an object at each poll of each reader.
        foreach (var turn in _pendingTurns)
        {
            if (turn.Reply.Id == replyId)
            {
                return turn;
            }
        }

        return null;
    }

    public bool HasPendingReplyTo(long messageId) => _pendingTurns.Exists(turn => turn.Reply.ReplyTo == messageId);

    /// <summary>The number of pending turns before a reply; 0 when the reply is running or finished.</summary>
    public int GetPosition(long replyId) => Math.Max(0, _pendingTurns.FindIndex(turn => turn.Reply.Id == replyId));

    /// <summary>Creates the room's summary after an activity at this time. Each call creates a newer version.</summary>
    public RoomSummary CreateNextSummary(DateTimeOffset now) =>
        Row.Summary with { UpdatedAt = now, Version = ++_lastVersion };

    /// <summary>The outcome for a request whose key has been used before.</summary>
    public PostOutcome AnswerRepeat(StoredTurn stored, TurnRequest request) => request.Matches(stored)
        ? new PostOutcome.Accepted(GetCurrent(stored.Message), GetCurrent(stored.Reply), GetPosition(stored.Reply.Id), IsRepeat: true)
        : new PostOutcome.KeyReused();

    /// <summary>
    /// Creates the next version of the room's row after a change of its settings. This does not count as activity. Each
    /// call creates a newer version.
    /// </summary>
    public RoomRow CreateNextRow(RoomRow changed)
    {
        var version = ++_lastVersion;
        return changed with { Summary = changed.Summary with { Version = version, SettingsVersion = version } };
    }

    /// <summary>Applies an acceptance that has been stored.</summary>
    /// <param name="acceptance">The turns.</param>
    /// <param name="tier">The user's tier at the acceptance; null when it is no longer known.</param>
    public void ApplyAcceptance(Acceptance acceptance, Tier? tier)
    {
        foreach (var accepted in acceptance.Turns)
        {
            if (accepted.RegeneratedReplyId is null)
            {
                Conversation.Add(accepted.Message);
            }
            else
            {
                Conversation.Supersede(accepted.Reply);
            }

            Conversation.Add(accepted.Reply);
            _pendingTurns.Add(NewTurn(accepted.Reply, isOwned: true, tier, accepted.TraceContext));
        }

        UpdatePendingMetric();
        Row = Row with { NextId = acceptance.Turns[^1].Reply.Id + 1 };
        ApplySummary(acceptance.Summary);
    }

    /// <summary>Applies the end of a turn that has been stored.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="finished">The reply as stored.</param>
    /// <param name="summary">The room as stored.</param>
    /// <param name="isTitled">Whether the room got its title in the same write.</param>
    public void ApplyEnd(Turn turn, RoomMessage finished, RoomSummary summary, bool isTitled)
    {
        _pendingTurns.Remove(turn);
        _services.LiveReplies.Remove(Key, turn);
        UpdatePendingMetric();
        Conversation.Replace(finished);
        Row = Row with { IsNamed = Row.IsNamed || isTitled };
        ApplySummary(summary);
        turn.Complete(Conversation.WithParentAndSiblings(finished));
    }

    /// <summary>Applies feedback that has been stored, and returns the reply with it.</summary>
    public RoomMessage ApplyFeedback(RoomMessage reply, MessageFeedback? feedback)
    {
        // The reply may have been superseded during the write.
        var current = (Conversation.FindInMemory(reply.Id) ?? reply) with { Feedback = feedback };
        Conversation.Replace(current);

        // A page that is being read without the feedback must not be cached. A new row prevents it.
        ApplySummary(Row.Summary);
        return Conversation.WithParentAndSiblings(current);
    }

    /// <summary>Applies settings that have been stored.</summary>
    public void ApplySettings(RoomRow stored)
    {
        Row = Row with { SystemPrompt = stored.SystemPrompt, IsNamed = stored.IsNamed, Options = stored.Options };
        ApplySummary(stored.Summary);
    }

    /// <summary>
    /// Takes the settings from the row. Used after a write with an unknown outcome that turned out to be stored.
    /// </summary>
    public void ReloadSettings(RoomRow stored)
    {
        _lastVersion = Math.Max(_lastVersion, stored.Summary.Version);
        var known = stored.Summary with { UpdatedAt = Row.Summary.UpdatedAt, Version = Row.Summary.Version };
        Row = Row with { Summary = known, SystemPrompt = stored.SystemPrompt, IsNamed = stored.IsNamed, Options = stored.Options };
        ApplySummary(stored.Summary);
    }

    /// <summary>Shows another branch. Its last message has been stored as the room's head; null for the newest message.</summary>
    public void ApplyHead(long? head, RoomSummary summary)
    {
        Conversation.ChooseHead(head);
        ApplySummary(summary);
    }

    /// <summary>A message in its current state, with its parent and siblings.</summary>
    public RoomMessage GetCurrent(RoomMessage stored) =>
        Conversation.WithParentAndSiblings(FindPendingTurn(stored.Id)?.GetCurrent() ?? stored);

    /// <summary>A page of all messages, or of the shown branch alone.</summary>
    public async ValueTask<RoomView> GetView(int limit, long? before, bool isBranch)
    {
        if (IsCacheable(limit, before) && (isBranch ? _newestBranchPage : _newestPage) is { } cached)
        {
            return cached;
        }

        var row = Row;
        var end = before ?? long.MaxValue;
        var page = isBranch ? await Conversation.GetBranchPage(limit, end) : await Conversation.GetPage(limit, end);
        var hasOlder = page is [{ Id: var oldest }, ..] && (isBranch ? Conversation.ParentOf(oldest) is not null : oldest > 1);
        var messages = ImmutableArray.CreateRange(page, GetCurrent);
        var view = new RoomView(Row.Summary, messages, hasOlder, Row.SystemPrompt, Conversation.Head, Row.Options);
        if (IsCacheable(limit, before) && ReferenceEquals(row, Row))
        {
            (_newestPage, _newestBranchPage) = isBranch ? (_newestPage, view) : (view, _newestBranchPage);
        }

        return view;
    }

    /// <summary>The path to a message.</summary>
    public RoomBranch GetBranch(long last)
    {
        var path = Conversation.PathTo(last);
        var isPending = _pendingTurns.Exists(turn => path.Any(range => range.Contains(turn.Reply.Id)));
        return new RoomBranch(Row.Summary, Row.SystemPrompt, path, isPending, Row.Options);
    }

    /// <summary>Ends this activation's part. Another activation continues the pending turns.</summary>
    /// <param name="reason">What calls that wait for the end of a turn get.</param>
    public void Deactivate(Exception reason)
    {
        _isDeactivated = true;
        UpdatePendingMetric();
        foreach (var turn in _pendingTurns)
        {
            _services.LiveReplies.Remove(Key, turn);
            turn.Abandon(reason);
        }
    }

    private void UpdatePendingMetric()
    {
        var pending = _isDeactivated ? 0 : _pendingTurns.Count;
        TurnMetrics.AddPending(pending - _reportedPending);
        _reportedPending = pending;
    }

    // While no reply is pending, the newest page stays the same instance, so the gateway can cache what it computes from it.
    private bool IsCacheable(int limit, long? before) => limit == DefaultPage && before is null && _pendingTurns.Count == 0;

    private void ApplySummary(RoomSummary summary)
    {
        (_newestPage, _newestBranchPage) = (null, null);

        // Several writes can run at once, and a later version can be stored before an earlier one.
        Row = Row with { Summary = Row.Summary.Merge(summary) };
    }

    private Turn NewTurn(RoomMessage reply, bool isOwned, Tier? tier, ActivityContext origin)
    {
        var turn = new Turn(reply, isOwned, tier, _options.MaxAnswerBytes, _services.Time, origin);
        if (_isDeactivated)
        {
            turn.Abandon(StaleActivation.ForRoom(Key));
        }
        else
        {
            _services.LiveReplies.Add(Key, turn);
        }

        return turn;
    }
}
