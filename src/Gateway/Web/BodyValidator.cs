using System.ComponentModel.DataAnnotations;

namespace GeminiChat.Gateway.Web;

/// <summary>
/// Validates bodies by the attributes of their members. The OpenAPI document shows the same attributes. A member that is
/// absent or null is valid unless it has the <see cref="RequiredAttribute"/>.
/// </summary>
/// <typeparam name="T">The record of the body.</typeparam>
internal static class BodyValidator<T>
    where T : class, IRequestBody
{
    // The attributes are read once for each record, not for each request.
    private static readonly (string Name, Func<object, object?> Get, ValidationAttribute[] Rules)[] Members =
        [.. JsonInput.Of<T>().Properties.Select(static member => (member.Name, member.Get!, Rules(member.AttributeProvider!)))];

    /// <summary>What is wrong, and in which field; null if the body is valid.</summary>
    public static string? Validate(T body) => Check(body)?.Error;

    /// <summary>The same as a problem.</summary>
    public static Problem? FindProblem(T body) => Check(body) is var (error, type) ? Problems.BadRequest(error, type) : null;

    private static (string Error, string Type)? Check(T body)
    {
        if (body.Validate() is { } error)
        {
            return (error, ProblemTypes.None);
        }

        foreach (var (name, get, rules) in Members)
        {
            var text = rules.Length == 0 ? null : get(body) switch
            {
                OptionalText patched => patched.Value,
                var value => value as string,
            };
            foreach (var rule in rules)
            {
                if (Error(rule, name, text) is { } invalid)
                {
                    return (invalid, (rule as IHasProblemType)?.ProblemType ?? ProblemTypes.None);
                }
            }
        }

        return null;
    }

    private static string? Error(ValidationAttribute rule, string name, string? text) => rule switch
    {
        RequiredAttribute => text is null ? $"{name} is required." : null,
        _ when text is null => null,
        StringLengthAttribute length => LengthError(name, text, length.MinimumLength, length.MaximumLength),
        _ => rule.IsValid(text) ? null : rule.FormatErrorMessage(name),
    };

    private static string? LengthError(string name, string text, int min, int max)
    {
        if (text.Length < min || text.Length > max)
        {
            return min > 0
                ? $"{name} must have {min} to {max} characters; it has {text.Length}."
                : $"{name} must have at most {max} characters; it has {text.Length}.";
        }

        return text.Contains('\0', StringComparison.Ordinal) ? $"{name} must not hold the character NUL." : null;
    }

    /// <summary>The cheap checks come first.</summary>
    private static ValidationAttribute[] Rules(System.Reflection.ICustomAttributeProvider member) =>
        [.. member.GetCustomAttributes(typeof(ValidationAttribute), inherit: true).Cast<ValidationAttribute>()
            .OrderBy(static rule => rule is RequiredAttribute ? 0 : rule is StringLengthAttribute ? 1 : 2)];
}

/// <summary>A validation attribute whose error has its own type of problem.</summary>
internal interface IHasProblemType
{
    string ProblemType { get; }
}

/// <summary>Text with at least one visible character.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class VisibleAttribute() : ValidationAttribute("{0} is empty: it must have a visible character.")
{
    public override bool IsValid(object? value) => value is string text && VisibleText.HasVisibleCharacter(text);
}
