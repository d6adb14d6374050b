namespace GeminiChat.Gateway.Web;

/// <summary>A parameter of a handler that is bound from the request and may be invalid.</summary>
internal interface IValidatedParameter
{
    /// <summary>The answer if the parameter is invalid; null if it is valid.</summary>
    Problem? Problem { get; }
}

/// <summary>An endpoint filter: handlers run with valid parameters only.</summary>
internal static class ParameterValidation
{
    /// <summary>Answers with the problem of the first invalid parameter, in the order of the handler's parameters.</summary>
    public static RouteGroupBuilder WithParameterValidation(this RouteGroupBuilder routes) => routes.AddEndpointFilterFactory(
        static (handler, next) =>
            handler.MethodInfo.GetParameters().Any(parameter => parameter.ParameterType.IsAssignableTo(typeof(IValidatedParameter)))
                ? context => Validate(context, next)
                : next);

    private static ValueTask<object?> Validate(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        foreach (var argument in context.Arguments)
        {
            if (argument is IValidatedParameter { Problem: { } problem })
            {
                return new(problem);
            }
        }

        return next(context);
    }
}
