using System.Buffers.Binary;
using System.Net;
using GeminiChat.Gateway.Tests.Fixtures;
using GeminiChat.GrainInterfaces;
using Microsoft.AspNetCore.Identity;

namespace GeminiChat.Gateway.Tests.Auth;

/// <summary>Weak hashes are replaced by hashes as strong as in production.</summary>
public sealed class PasswordRehashTests(StrongHashesGatewayFixture gateway) : IClassFixture<StrongHashesGatewayFixture>
{
    [Fact]
    public async Task A_hash_of_the_FastAPI_service_is_replaced_at_the_first_login()
    {
        // Made by libxcrypt, of the lowest cost there is.
        const string Bcrypt = "$2b$04$3JrBp2ZfEnAP2sCzvXc8yeKSzSLax/vxtSLukr8Sll9YaWI/eDHzq";
        const string Old = "the old password";
        var ada = await gateway.NewUser().SignUpAndVerify();
        var security = gateway.Grains.UserSecurity((await (await ada.Send(HttpMethod.Get, "/user/me")).ReadJsonAsync()).GetProperty("id").GetGuid());
        await security.ResetPassword(Bcrypt);

        Assert.Equal(PasswordTests.Mismatch, await (await ada.Login("the odd password")).ReadProblemAsync(HttpStatusCode.Unauthorized));
        Assert.Equal(Bcrypt, (await security.GetCredentials())!.PasswordHash);
        Assert.Equal(HttpStatusCode.OK, (await ada.Login(Old)).StatusCode);

        Assert.Equal(220_000u, Iterations((await security.GetCredentials())!.PasswordHash!));
        Assert.Equal(HttpStatusCode.OK, (await ada.Login(Old)).StatusCode);
        Assert.Equal(PasswordTests.Mismatch, await (await ada.Login("the odd password")).ReadProblemAsync(HttpStatusCode.Unauthorized));
    }

    [Fact]
    public async Task A_weak_hash_is_replaced_at_the_next_login()
    {
        var ada = await gateway.NewUser().SignUpAndVerify();
        var security = gateway.Grains.UserSecurity((await (await ada.Send(HttpMethod.Get, "/user/me")).ReadJsonAsync()).GetProperty("id").GetGuid());
        var weak = new PasswordHasher<object>().HashPassword(this, ApiUser.Password);
        await security.ResetPassword(weak);

        Assert.Equal(HttpStatusCode.OK, (await ada.Login()).StatusCode);
        var strong = (await security.GetCredentials())!.PasswordHash!;
        Assert.Equal((100_000u, 220_000u), (Iterations(weak), Iterations(strong)));
        Assert.Equal(HttpStatusCode.OK, (await ada.Login()).StatusCode);
        Assert.Equal(strong, (await security.GetCredentials())!.PasswordHash);
    }

    /// <summary>The third field of the framework's format.</summary>
    private static uint Iterations(string hash) => BinaryPrimitives.ReadUInt32BigEndian(Convert.FromBase64String(hash).AsSpan(5));
}
