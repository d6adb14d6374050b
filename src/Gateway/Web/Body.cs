using System.Reflection;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;

namespace GeminiChat.Gateway.Web;

/// <summary>What a request's body is bound to.</summary>
internal interface IRequestBody
{
    /// <summary>What is wrong with it, naming the field; null when nothing is.</summary>
    string? Flaw();

    /// <summary>What a request without a body means; null when it has no meaning.</summary>
    static virtual IRequestBody? WhenAbsent => null;
}

/// <summary>A request's JSON body: read and checked, or the reason why not.</summary>
/// <typeparam name="T">The record it is read into.</typeparam>
internal sealed class Body<T> : IEndpointParameterMetadataProvider
    where T : class, IRequestBody
{
    private const string Missing = "A JSON body is required.";

    private readonly Problem? _problem;

    private Body(T? value, Problem? problem) => (Value, _problem) = (value, problem);

    /// <summary>Null when it was refused.</summary>
    public T? Value { get; }

    /// <summary>Why there is no <see cref="Value"/>.</summary>
    public Problem Refusal => _problem ?? throw new InvalidOperationException("The body was read.");

    public static async ValueTask<Body<T>> BindAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
        {
            return Absent;
        }

        if (!BodyType.IsJson(context.Request))
        {
            return new(null, Problems.Of(StatusCodes.Status415UnsupportedMediaType));
        }

        var uploads = context.RequestServices.GetRequiredService<Uploads>();
        return await uploads.ReadAsync(context) is { } body ? Parse(body.Span) : new(null, Problems.Leaving);
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata([BodyType.Json], typeof(T), isOptional: T.WhenAbsent is not null));

    private static Body<T> Parse(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
        {
            return Absent;
        }

        if (!Utf8.IsValid(utf8))
        {
            return Refused("The body is not valid UTF-8.");
        }

        try
        {
            var value = JsonSerializer.Deserialize(utf8, JsonInput.Of<T>());
            var flaw = value is null ? JsonFlaw.NotAnObject : value.Flaw();
            return flaw is null ? new(value, null) : Refused(flaw);
        }
        catch (JsonException exception)
        {
            return Refused(JsonFlaw.Describe(exception));
        }
    }

    private static Body<T> Absent => T.WhenAbsent is T body ? new(body, null) : Refused(Missing);

    private static Body<T> Refused(string detail) => new(null, Problems.BadRequest(detail));
}
