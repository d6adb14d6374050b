using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;

namespace GeminiChat.Gateway.Chatrooms;

/// <summary>The query for a page of the room list.</summary>
/// <param name="Limit">The most rooms; the default is as many as a user may have.</param>
/// <param name="Cursor">Where the page starts; null for the first one.</param>
/// <param name="IsArchived">Whether the list has the archived rooms, in place of the others.</param>
/// <param name="Problem">Why the query is invalid.</param>
internal sealed record RoomListQuery(int Limit, string? Cursor, bool IsArchived, Problem? Problem)
    : IValidatedParameter, IEndpointParameterMetadataProvider
{
    private static readonly Problem BadArchived = Problems.BadRequest("archived must be true or false.");

    public static ValueTask<RoomListQuery> BindAsync(HttpContext context)
    {
        var problem = PageLimit.Parse(context.Request, IUserGrain.MaxRooms, out var limit);
        string? archived = context.Request.Query["archived"];
        return new(new RoomListQuery(
            limit,
            context.Request.Query["cursor"],
            archived is "true",
            problem ?? (archived is null or "true" or "false" ? null : BadArchived)));
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        PageLimit.PopulateMetadata(builder, IUserGrain.MaxRooms);
        builder.Metadata.Add(new RequestParameter("cursor", ParameterLocation.Query));
        builder.Metadata.Add(new RequestParameter("archived", ParameterLocation.Query));
        builder.Metadata.Add(new ProblemResponse(BadArchived));
    }
}

/// <summary>The query for a page of messages.</summary>
/// <param name="Limit">The most messages.</param>
/// <param name="Before">Only messages before this id; null for the newest ones.</param>
/// <param name="Problem">Why the query is invalid.</param>
internal sealed record MessagePageQuery(int Limit, long? Before, Problem? Problem) : IValidatedParameter, IEndpointParameterMetadataProvider
{
    private static readonly Problem BadBefore = Problems.BadRequest("before must be a message's id, a positive number.");

    public static ValueTask<MessagePageQuery> BindAsync(HttpContext context)
    {
        var problem = PageLimit.Parse(context.Request, SizeLimits.MaxMessagesPerPage, out var limit);
        string? text = context.Request.Query["before"];
        var before = text is null ? null : MessagePath.Parse(text);
        return new(new MessagePageQuery(limit, before, problem ?? (text is not null && before is null ? BadBefore : null)));
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        PageLimit.PopulateMetadata(builder, SizeLimits.MaxMessagesPerPage);
        builder.Metadata.Add(new RequestParameter("before", ParameterLocation.Query));
        builder.Metadata.Add(new ProblemResponse(BadBefore));
    }
}

/// <summary>Which messages of a room to show: the shown branch, or all in the order of their ids.</summary>
/// <param name="IsPath">Whether it is the shown branch; null if the client does not say.</param>
/// <param name="Problem">Why the query is invalid.</param>
internal sealed record ViewQuery(bool? IsPath, Problem? Problem) : IValidatedParameter, IEndpointParameterMetadataProvider
{
    public const string Description =
        "`path` is the shown branch, from the first message to the room's head. `all` is all messages in the order of their ids. "
        + "The default is `all`; that of an export is `path`.";

    private static readonly Problem Invalid = Problems.BadRequest("view must be path or all, or absent.");

    public static ValueTask<ViewQuery> BindAsync(HttpContext context)
    {
        string? text = context.Request.Query["view"];
        bool? isPath = text is null ? null : text is "path";
        return new(new ViewQuery(isPath, text is null or "path" or "all" ? null : Invalid));
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new RequestParameter("view", ParameterLocation.Query));
        builder.Metadata.Add(new ProblemResponse(Invalid));
    }
}

/// <summary>Whether to add the HTML of finished replies.</summary>
internal sealed record RenderQuery(bool AsHtml, Problem? Problem) : IValidatedParameter, IEndpointParameterMetadataProvider
{
    public const string Description =
        "With `render=html`, finished replies have their Markdown as `content_html`, which is safe to put into a page. HTML in the text is "
        + "shown as text. Links lead to the web or to mail. Pictures are links; a picture of the user's own file is an element with "
        + "`data-file`. Formulas are MathML in an element of class `math`; a formula that is not understood stays as TeX. `content_html` is "
        + "absent when the server has too much to render at once: show `content`.";

    public const string StreamDescription =
        "With `render=html`, the stream has `html` events too: the HTML of the reply so far, as `content_html` has it of a finished one.";

    private const string Name = "render";

    public static Problem Invalid { get; } = Problems.BadRequest("render must be html, or absent.");

    public static ValueTask<RenderQuery> BindAsync(HttpContext context) => new(Of(context));

    /// <summary>Whether a client of an event stream wants the HTML of a reply while it is written.</summary>
    public static bool IsStreamOfHtml(HttpContext http) => ReplyFormats.IsEventStreamOnly(http) && Of(http).AsHtml;

    /// <summary>An endpoint filter for routes whose handlers do not read the query.</summary>
    public static ValueTask<object?> Require(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        Of(context.HttpContext).Problem is { } problem ? new(problem) : next(context);

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new RequestParameter(Name, ParameterLocation.Query));
        builder.Metadata.Add(new ProblemResponse(Invalid));
    }

    private static RenderQuery Of(HttpContext http)
    {
        string? text = http.Request.Query[Name];
        return new RenderQuery(text is "html", text is null or "html" ? null : Invalid);
    }
}

/// <summary>The query's <c>limit</c>.</summary>
internal static class PageLimit
{
    /// <summary>The default is the maximum.</summary>
    public static Problem? Parse(HttpRequest request, int max, out int limit)
    {
        string? text = request.Query["limit"];
        limit = max;
        return text is null || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit)
            && limit >= 1 && limit <= max)
                ? null
                : Invalid(max);
    }

    public static void PopulateMetadata(EndpointBuilder builder, int max)
    {
        builder.Metadata.Add(new RequestParameter("limit", ParameterLocation.Query, Maximum: max));
        builder.Metadata.Add(new ProblemResponse(Invalid(max)));
    }

    private static Problem Invalid(int max) => Problems.BadRequest($"limit must be a number from 1 to {max}.");
}
