using GeminiChat.GrainInterfaces;
using GeminiChat.GrainInterfaces.Chatrooms;
using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Model;
using GeminiChat.Grains.Tests.Hosting;
using Microsoft.Extensions.AI;

namespace GeminiChat.Grains.Tests.Chatrooms;

/// <summary>Two models for all users, one for Pro only, and two web searches a day for Basic.</summary>
public sealed class ReplyOptionsFixture : IAsyncLifetime
{
    public const string Flash = "gemini-3.8-flash";
    public const string Old = "gemini-2.0-flash";
    public const string ProOnly = "gemini-3.8-pro";
    public const string Gemma = "gemma-3-27b-it";

    public GrainTestCluster Cluster { get; } = new(
        ("GEMINI_MODELS", $"{Flash}, {Old},{Gemma}"), ("GEMINI_PRO_MODEL", ProOnly), ("BASIC_MODELS", $"{Flash},{Old},{Gemma}"), ("BASIC_SEARCH_QUERIES", "2"));

    public ValueTask InitializeAsync() => Cluster.InitializeAsync();

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();
}

public sealed class ReplyOptionsTests(ReplyOptionsFixture fixture) : IClassFixture<ReplyOptionsFixture>
{
    private const string Flash = ReplyOptionsFixture.Flash;
    private const string Old = ReplyOptionsFixture.Old;
    private const string ProOnly = ReplyOptionsFixture.ProOnly;

    private static readonly TierGrant Pro = new(Tier.Pro, ValidUntil: null, Version: 1);

    private GrainTestCluster Cluster => fixture.Cluster;

    [Fact]
    public async Task A_reply_is_made_as_its_request_asks()
    {
        await using var test = await Cluster.NewRoom();
        await Post(test, new ReplyOptions(Flash, ThinkingLevel.High, Search: true));
        var call = await test.Model.NextCall();

        Assert.Equal((Flash, ReasoningEffort.High), (call.Options!.ModelId, call.Options.Reasoning!.Effort));
        Assert.IsType<HostedWebSearchTool>(Assert.Single(call.Options.Tools!));
    }

    [Fact]
    public async Task Without_options_the_model_of_the_tier_answers_and_decides_how_much_it_thinks()
    {
        await using var test = await Cluster.NewRoom();
        await Post(test, options: null);
        var call = await test.Model.NextCall();

        Assert.Equal((Flash, null, null), (call.Options!.ModelId, call.Options.Reasoning!.Effort, call.Options.Tools));
        Assert.Equal(ReasoningOutput.Summary, call.Options.Reasoning.Output);
    }

    [Fact]
    public async Task What_was_decided_at_the_acceptance_holds_after_a_crash_and_after_a_change_of_the_room()
    {
        await using var test = await Cluster.NewRoom();
        await Update(test, new ReplyOptionsPatch(Old));
        await Post(test, options: null);
        Assert.Equal(Old, (await test.Model.NextCall()).Options!.ModelId);
        await Update(test, new ReplyOptionsPatch(Flash));

        await test.Deactivate();
        await test.Room.Wake();
        Assert.Equal(Old, (await test.Model.NextCall()).Options!.ModelId);
        Assert.Equal(new ReplyOptions(Old), (await test.Room.ReadMessage(2))!.Options);
    }

    [Fact]
    public async Task A_request_takes_precedence_over_its_room()
    {
        await using var test = await Cluster.NewRoom();
        test.Model.Answer = _ => "hi";
        await Update(test, new ReplyOptionsPatch(Flash, ThinkingLevel.Low, Search: true));
        Assert.Equal(new ReplyOptions(Flash, ThinkingLevel.Low, Search: true), (await test.Room.Read(1, null))!.Options);

        await WaitForReply(test, new ReplyOptions(Thinking: ThinkingLevel.Medium, Search: false));
        var call = test.Model.Calls.Last();
        Assert.Equal((Flash, ReasoningEffort.Medium, null), (call.Options!.ModelId, call.Options.Reasoning!.Effort, call.Options.Tools));

        // This model has no levels, so the room's level is left out.
        await WaitForReply(test, new ReplyOptions(Old));
        call = test.Model.Calls.Last();
        Assert.Equal((Old, null), (call.Options!.ModelId, call.Options.Reasoning!.Effort));
        Assert.NotNull(call.Options.Tools);

        await Update(test, new ReplyOptionsPatch(Model: "", RemovesThinking: true, Search: false));
        await test.Deactivate();
        Assert.Equal(new ReplyOptions(Search: false), (await test.Room.Read(1, null))!.Options);
    }

    [Fact]
    public async Task An_edit_and_a_regenerate_have_options_too()
    {
        await using var test = await Cluster.NewRoom();
        test.Model.Answer = _ => "hi";
        await WaitForReply(test, options: null);

        var edited = Assert.IsType<PostOutcome.Accepted>(await test.Room.Edit(1, new NewMessage("other", "edit", new ReplyOptions(Old))));
        await test.Room.ReadToEnd(edited.Reply.Id);
        Assert.Equal(Old, test.Model.Calls.Last().Options!.ModelId);
        var again = Assert.IsType<PostOutcome.Accepted>(await test.Room.Regenerate(2, "again", new ReplyOptions(Thinking: ThinkingLevel.Low)));
        await test.Room.ReadToEnd(again.Reply.Id);
        Assert.Equal((Flash, ReasoningEffort.Low), (test.Model.Calls.Last().Options!.ModelId, test.Model.Calls.Last().Options!.Reasoning!.Effort));
    }

    [Fact]
    public async Task What_does_not_exist_is_refused_and_not_stored()
    {
        await using var test = await Cluster.NewRoom();
        Assert.Equal(new OptionsRefusal.ModelUnknown("gemini-0"), await Refusal(test, new ReplyOptions("gemini-0")));
        var levels = Assert.IsType<OptionsRefusal.ThinkingUnavailable>(await Refusal(test, new ReplyOptions(Thinking: ThinkingLevel.Minimal)));
        Assert.Equal((Flash, 3), (levels.Model, levels.Levels.Length));
        Assert.Empty(Assert.IsType<OptionsRefusal.ThinkingUnavailable>(await Refusal(test, new ReplyOptions(Old, ThinkingLevel.Low))).Levels);
        Assert.Equal(
            new OptionsRefusal.SearchUnavailable(ReplyOptionsFixture.Gemma), await Refusal(test, new ReplyOptions(ReplyOptionsFixture.Gemma, Search: true)));
        Assert.Empty((await test.Room.Read(10, null))!.Messages);
    }

    [Fact]
    public async Task A_model_gets_a_note_in_the_place_of_an_earlier_file_that_it_does_not_understand_and_no_new_one()
    {
        await using var test = await Cluster.NewRoom();
        var first = await test.PostWithFile("read this", "application/pdf");
        var call = await test.Model.NextCall();
        Assert.IsType<FileContent>(call.Messages[^1].Contents[0]);
        call.Answer("I have");
        await test.Room.ReadToEnd(first.Reply.Id);

        await Post(test, new ReplyOptions(ReplyOptionsFixture.Gemma));
        call = await test.Model.NextCall();
        Assert.Equal("[a file: this model does not understand application/pdf]\nread this", call.Messages[0].Text);
        Assert.DoesNotContain(call.Messages.SelectMany(message => message.Contents), content => content is FileContent);
        call.Answer("hi");

        var refused = await test.TryPostWithFile("and this", "application/pdf", new ReplyOptions(ReplyOptionsFixture.Gemma));
        Assert.Equal(
            new OptionsRefusal.FileUnsupported(ReplyOptionsFixture.Gemma, "application/pdf"), Assert.IsType<PostOutcome.OptionsRefused>(refused).Refusal);
        await test.PostWithFile("look", "image/png", new ReplyOptions(ReplyOptionsFixture.Gemma));
        Assert.IsType<FileContent>((await test.Model.NextCall()).Messages[^1].Contents[0]);
    }

    [Fact]
    public async Task A_model_of_another_tier_is_refused_until_the_user_has_that_tier()
    {
        await using var test = await Cluster.NewRoom();
        Assert.Equal(new OptionsRefusal.ModelOfOtherTier(ProOnly, Tier.Pro), await Refusal(test, new ReplyOptions(ProOnly)));
        Assert.IsType<UpdateRoomOutcome.OptionsRefused>(await test.Room.Update(new RoomPatch(null, null, Options: new ReplyOptionsPatch(ProOnly))));

        await Cluster.Grains.User(test.Key.UserId).SetTier(Pro);
        await Update(test, new ReplyOptionsPatch(ProOnly));
        test.Model.Answer = _ => "hi";
        await WaitForReply(test, new ReplyOptions(ProOnly));

        // The room keeps its default, but the default of the tier answers.
        await Cluster.Grains.User(test.Key.UserId).SetTier(Pro with { Tier = Tier.Basic, Version = 2 });
        await WaitForReply(test, options: null);
        Assert.Equal(Flash, test.Model.Calls.Last().Options!.ModelId);
    }

    [Fact]
    public async Task A_new_room_can_have_options_and_its_copy_has_them_too()
    {
        await using var test = await Cluster.NewRoom();
        var key = test.Key with { RoomId = Guid.CreateVersion7() };
        var room = new NewRoom("room", null, Options: new ReplyOptions(Old));
        Assert.Equal(new ReplyOptions(Old), Assert.IsType<CreateRoomOutcome.Created>(await Cluster.Grains.Chatroom(key).Create(room)).Options);
        Assert.IsType<CreateRoomOutcome.Created>(await Cluster.Grains.Chatroom(key).Create(room));
        Assert.IsType<CreateRoomOutcome.AlreadyExists>(await Cluster.Grains.Chatroom(key).Create(room with { Options = new ReplyOptions(Flash) }));
        Assert.Equal(new ReplyOptions(Old), (await Cluster.Grains.Chatroom(key).GetBranch(null))!.Options);

        var other = Cluster.Grains.Chatroom(key with { RoomId = Guid.CreateVersion7() });
        Assert.IsType<CreateRoomOutcome.OptionsRefused>(await other.Create(room with { Options = new ReplyOptions("gemini-0") }));
        Assert.Null(await other.Read(1, null));
    }

    [Fact]
    public async Task A_repeat_gets_the_accepted_turn_and_a_key_with_other_options_is_refused()
    {
        await using var test = await Cluster.NewRoom();
        test.Model.Answer = _ => "hi";
        var message = new NewMessage("hello", "key", new ReplyOptions(Flash, ThinkingLevel.Low, Search: true));
        var first = Assert.IsType<PostOutcome.Accepted>(await test.Room.Post(message));
        await test.Room.ReadToEnd(first.Reply.Id);
        await test.Deactivate();

        Assert.Equal(first.Reply.Id, Assert.IsType<PostOutcome.Accepted>(await test.Room.Post(message)).Reply.Id);
        Assert.IsType<PostOutcome.KeyReused>(await test.Room.Post(message with { Options = new ReplyOptions(Old) }));
        Assert.IsType<PostOutcome.KeyReused>(await test.Room.Post(message with { Options = new ReplyOptions(Search: false) }));
        Assert.IsType<PostOutcome.KeyReused>(await test.Room.Post(message with { Options = new ReplyOptions("gemini-0") }));
        Assert.IsType<PostOutcome.KeyReused>(await test.Room.Post(message with { Options = new ReplyOptions(Flash, ThinkingLevel.Low) }));
        Assert.IsType<PostOutcome.KeyReused>(await test.Room.Post(message with { Options = null }));
    }

    [Fact]
    public async Task A_key_of_a_regenerate_with_other_options_is_refused()
    {
        await using var test = await Cluster.NewRoom();
        test.Model.Answer = _ => "hi";
        await WaitForReply(test, options: null);
        var again = Assert.IsType<PostOutcome.Accepted>(await test.Room.Regenerate(2, "again", new ReplyOptions(Thinking: ThinkingLevel.Low)));
        await test.Room.ReadToEnd(again.Reply.Id);

        Assert.IsType<PostOutcome.KeyReused>(await test.Room.Regenerate(2, "again"));
        Assert.IsType<PostOutcome.Accepted>(await test.Room.Regenerate(2, "again", new ReplyOptions(Thinking: ThinkingLevel.Low)));
    }

    [Fact]
    public async Task Searches_are_counted_and_at_the_limit_a_search_is_refused_but_the_rooms_default_is_left_out()
    {
        await using var test = await Cluster.NewRoom();
        await Update(test, new ReplyOptionsPatch(Search: true));
        var message = new NewMessage("news?", "first", new ReplyOptions(Search: true));
        var turn = Assert.IsType<PostOutcome.Accepted>(await test.Room.Post(message));
        (await test.Model.NextCall()).AnswerGrounded("The sky is blue.", queries: 3);
        var reply = await test.Room.ReadToEnd(turn.Reply.Id);

        var stored = (await test.Room.ReadMessage(turn.Reply.Id))!;
        Assert.Equal(3, stored.Usage!.SearchQueries);
        Assert.Equal("https://a.example/", Assert.Single(stored.Grounding!.Sources).Url);
        Assert.Equal((4, 7), (stored.Grounding.Citations[0].Start, stored.Grounding.Citations[0].End));
        Assert.Equal("<b>suggestions</b>", stored.Grounding.SearchSuggestions);
        var usage = (await Cluster.Grains.User(test.Key.UserId).GetUsage())!;
        Assert.Equal((3, 2, 1), (usage.SearchQueries, usage.SearchLimit, usage.Used));

        var refused = Assert.IsType<OptionsRefusal.SearchLimitReached>(await Refusal(test, new ReplyOptions(Search: true)));
        Assert.Equal(usage, refused.Usage);
        Assert.IsType<PostOutcome.Accepted>(await test.Room.Post(message));
        await Post(test, options: null);
        Assert.Null((await test.Model.NextCall()).Options!.Tools);
    }

    [Fact]
    public async Task A_stopped_reply_has_its_sources_and_its_searches_are_counted()
    {
        await using var test = await Cluster.NewRoom();
        var turn = await Post(test, new ReplyOptions(Search: true));
        (await test.Model.NextCall()).SendGrounded("The sky is blue.", queries: 3);
        await test.Room.ReadUntil(turn.Reply.Id, "The sky is blue.");

        var stopped = (await test.Room.Stop(turn.Reply.Id))!;
        Assert.Equal((MessageStatus.Stopped, 3, "<b>suggestions</b>"), (stopped.Status, stopped.Usage!.SearchQueries, stopped.Grounding!.SearchSuggestions));
        Assert.Equal(3, (await Cluster.Grains.User(test.Key.UserId).GetUsage())!.SearchQueries);
    }

    [Fact]
    public async Task The_searches_of_failed_calls_are_counted_too_and_of_a_reply_that_is_given_back()
    {
        await using var test = await Cluster.NewRoom();
        var turn = await Post(test, new ReplyOptions(Search: true));
        foreach (var fault in new[] { ModelFault.Truncated, ModelFault.Protocol })
        {
            var call = await test.Model.NextCall();
            call.SendSearches(2);
            call.Fail(fault);
        }

        await test.Room.ReadToEnd(turn.Reply.Id);
        Assert.Equal(4, (await test.Room.ReadMessage(turn.Reply.Id))!.Usage!.SearchQueries);
        var usage = (await Cluster.Grains.User(test.Key.UserId).GetUsage())!;
        Assert.Equal((0, 4), (usage.Used, usage.SearchQueries));
    }

    private static async Task<PostOutcome.Accepted> Post(RoomDriver test, ReplyOptions? options) =>
        Assert.IsType<PostOutcome.Accepted>(await test.Room.Post(new NewMessage("hello", Guid.CreateVersion7().ToString(), options)));

    private static async Task WaitForReply(RoomDriver test, ReplyOptions? options) =>
        await test.Room.ReadToEnd((await Post(test, options)).Reply.Id);

    private static async Task<OptionsRefusal> Refusal(RoomDriver test, ReplyOptions options) =>
        Assert.IsType<PostOutcome.OptionsRefused>(await test.Room.Post(new NewMessage("hello", Guid.CreateVersion7().ToString(), options))).Refusal;

    private static async Task Update(RoomDriver test, ReplyOptionsPatch patch) =>
        Assert.IsType<UpdateRoomOutcome.Updated>(await test.Room.Update(new RoomPatch(null, null, Options: patch)));
}
