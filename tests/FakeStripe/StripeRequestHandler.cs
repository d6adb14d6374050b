using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace GeminiChat.Fakes;

/// <summary>What happens to every call, whatever it asks: log, key, faults, idempotency.</summary>
internal sealed class StripeRequestHandler(FakeStripe fake)
{
    private readonly IdempotencyKeyStore _keys = new();
    private int _requests;

    public async Task Run(HttpContext context, Func<FakeStripeAccount, StripeForm, JsonObject> act)
    {
        var call = await Read(context.Request);
        fake.Calls.Begin(call);
        var fault = fake.FaultFor(call);
        FakeStripeResponse answer;
        try
        {
            Authorize(context.Request);
            answer = await Answer(call, fault, act);
        }
        catch (FakeStripeError refusal)
        {
            answer = ToResponse(refusal);
        }
        catch (OperationCanceledException) when (fake.Stopping.IsCancellationRequested)
        {
            return;
        }

        if (fault is { IsReset: true, IsTruncated: false })
        {
            context.Abort();
            return;
        }

        call.Status = answer.Status;
        await Send(context, call, fault, answer);
    }

    private static async Task<StripeCall> Read(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        var body = await reader.ReadToEndAsync();
        var headers = request.Headers.ToDictionary(
            header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var text = request.Method is "POST" ? body : request.QueryString.Value!.TrimStart('?');
        return new(request.Method, request.Path.Value!, text, headers.GetValueOrDefault("Idempotency-Key"), headers);
    }

    private void Authorize(HttpRequest request)
    {
        var sent = request.Headers.Authorization.ToString();
        if (!sent.StartsWith("Bearer ", StringComparison.Ordinal))
        {
            throw new FakeStripeError(401, "invalid_request_error", "You did not provide an API key.");
        }

        if (sent["Bearer ".Length..] != fake.Options.Key)
        {
            throw new FakeStripeError(401, "invalid_request_error", "Invalid API Key provided: sk_test_*****");
        }
    }

    private async Task<FakeStripeResponse> Answer(StripeCall call, StripeFault? fault, Func<FakeStripeAccount, StripeForm, JsonObject> act)
    {
        // Keys are for POST alone. What is refused before any work was begun leaves them unused.
        var key = call.Method is "POST" ? call.IdempotencyKey : null;
        if (fault is { HasEffect: false, Error: { } refusal })
        {
            throw refusal;
        }

        if (key is not null && _keys.ClaimOrGetAnswer(key, call) is { } stored)
        {
            call.WasReplayed = true;
            return stored;
        }

        try
        {
            await (fault?.Gate() ?? Task.CompletedTask).WaitAsync(fake.Stopping);
            var answer = new FakeStripeResponse(200, act(fake.Account, call.Form).ToJsonString());
            answer = fault?.Error is { } error ? ToResponse(error) : answer;
            StoreAnswer(key, answer);
            return answer;
        }
        catch (FakeStripeError)
        {
            ReleaseKey(key);
            throw;
        }
    }

    private void StoreAnswer(string? key, FakeStripeResponse answer)
    {
        if (key is not null)
        {
            _keys.StoreAnswer(key, answer);
        }
    }

    private void ReleaseKey(string? key)
    {
        if (key is not null)
        {
            _keys.Release(key);
        }
    }

    private async Task Send(HttpContext context, StripeCall call, StripeFault? fault, FakeStripeResponse answer)
    {
        var headers = context.Response.Headers;
        headers["Request-Id"] = $"req_fake{Interlocked.Increment(ref _requests)}";
        Set("Stripe-Version", call.Headers.GetValueOrDefault("Stripe-Version"));
        Set("Idempotency-Key", call.IdempotencyKey);
        Set("Idempotent-Replayed", call.WasReplayed ? "true" : null);
        Set("Stripe-Should-Retry", fault?.ShouldRetry);
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = "application/json";
        await SendBody(context, fault, answer.Body);

        void Set(string name, string? value)
        {
            if (value is not null)
            {
                headers[name] = value;
            }
        }
    }

    private static async Task SendBody(HttpContext context, StripeFault? fault, string body)
    {
        await context.Response.WriteAsync(fault is { IsTruncated: true } ? body[..(body.Length / 2)] : body);
        if (fault is { IsReset: true })
        {
            context.Abort();
        }
    }

    private static FakeStripeResponse ToResponse(FakeStripeError refusal) => new(refusal.Status, refusal.Body.ToJsonString());
}
