using System.Reflection;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;

namespace GeminiChat.Gateway.Web;

/// <summary>The record of a request's body. The validation attributes of its members are enforced.</summary>
internal interface IRequestBody
{
    /// <summary>What is wrong with the combination of the members; null if it is valid.</summary>
    string? Validate() => null;

    /// <summary>The value for a request without a body; null if a body is required.</summary>
    static virtual IRequestBody? WhenAbsent => null;
}

/// <summary>The JSON body of a request after validation, or the problem that was found.</summary>
/// <typeparam name="T">The record of the body.</typeparam>
internal sealed class JsonBody<T> : IValidatedParameter, IEndpointParameterMetadataProvider
    where T : class, IRequestBody
{
    private readonly T? _value;

    private JsonBody(T? value, Problem? problem) => (_value, Problem) = (value, problem);

    public Problem? Problem { get; }

    public T Value => _value ?? throw new InvalidOperationException("The body is invalid.");

    private static JsonBody<T> Absent => T.WhenAbsent is T body ? new(body, null) : Invalid("A JSON body is required.");

    public static async ValueTask<JsonBody<T>> BindAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
        {
            return Absent;
        }

        if (!JsonInput.IsIn(context.Request))
        {
            return new(null, Problems.ForStatus(StatusCodes.Status415UnsupportedMediaType));
        }

        var bodyReader = context.RequestServices.GetRequiredService<RequestBodyReader>();
        return await bodyReader.ReadAsync(context) is { } body ? Parse(body.Span) : new(null, Problems.Stopping);
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata([JsonInput.MediaType], typeof(T), isOptional: T.WhenAbsent is not null));

    private static JsonBody<T> Parse(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
        {
            return Absent;
        }

        if (!Utf8.IsValid(utf8))
        {
            return Invalid("The body is not valid UTF-8.");
        }

        try
        {
            var value = JsonSerializer.Deserialize(utf8, JsonInput.Of<T>());
            return value is null ? Invalid(JsonInput.NotAnObject)
                : BodyValidator<T>.FindProblem(value) is { } problem ? new(null, problem)
                : new(value, null);
        }
        catch (JsonException exception)
        {
            return Invalid(JsonInput.Describe(exception));
        }
    }

    private static JsonBody<T> Invalid(string detail) => new(null, Problems.BadRequest(detail));
}
