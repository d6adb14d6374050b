using GeminiChat.GrainInterfaces.Users;
using GeminiChat.Grains.Users;

namespace GeminiChat.Rules.Tests.Users;

public sealed class PhoneDevicesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid User = Guid.CreateVersion7();

    private readonly PhoneState _phone = new() { UserId = User, IsVerified = true };

    [Fact]
    public void Only_a_device_of_the_numbers_verified_user_is_known()
    {
        var device = new KnownDevice(User, Guid.CreateVersion7());
        Assert.Equal(device.SessionId, _phone.FindDevice(device)?.SessionId);
        Assert.Null(_phone.FindDevice(null));
        Assert.Null(_phone.FindDevice(device with { UserId = Guid.CreateVersion7() }));
        Assert.Null((_phone with { IsVerified = false }).FindDevice(device));
    }

    [Fact]
    public void The_activity_of_a_device_is_found_by_its_session()
    {
        var used = Device(1) with { WrongPasswords = [Now] };
        var phone = _phone.WithDevice(Device(2)).WithDevice(used);
        Assert.Same(used, phone.FindDevice(new KnownDevice(User, used.SessionId)));
        Assert.Empty(phone.FindDevice(new KnownDevice(User, Device(3).SessionId))!.WrongPasswords);
    }

    [Fact]
    public void A_device_without_codes_of_its_own_counts_as_unknown()
    {
        var spent = Device(1) with { CodesIssuedAt = [.. Enumerable.Repeat(Now, 5)] };
        var phone = _phone.WithDevice(spent).WithDevice(Device(2));
        Assert.Null(phone.FindDeviceForCode(new KnownDevice(User, spent.SessionId), Now));
        Assert.NotNull(phone.FindDeviceForCode(new KnownDevice(User, spent.SessionId), Now.AddDays(1)));
        Assert.NotNull(phone.FindDeviceForCode(new KnownDevice(User, Device(2).SessionId), Now));
        Assert.Null(phone.FindDeviceForCode(null, Now));
    }

    [Fact]
    public void The_twenty_devices_that_were_used_last_are_kept()
    {
        var phone = Enumerable.Range(1, 20).Aggregate(_phone, (state, i) => state.WithDevice(Device(i)));
        Assert.Equal(Enumerable.Range(1, 20).Select(Id), phone.Devices.Select(device => device.SessionId));
        phone = phone.WithDevice(Device(1));
        Assert.Equal([.. Enumerable.Range(2, 19).Select(Id), Id(1)], phone.Devices.Select(device => device.SessionId));
        phone = phone.WithDevice(Device(21));
        Assert.Equal([.. Enumerable.Range(3, 18).Select(Id), Id(1), Id(21)], phone.Devices.Select(device => device.SessionId));
    }

    [Fact]
    public void A_wrong_password_counts_against_the_known_device_or_else_against_the_number()
    {
        var phone = _phone.CountWrongPassword(device: null, Now);
        Assert.Equal([Now], phone.WrongPasswords);
        phone = phone.CountWrongPassword(Device(1), Now.AddSeconds(1));
        Assert.Equal([Now], phone.WrongPasswords);
        Assert.Equal([Now.AddSeconds(1)], Assert.Single(phone.Devices).WrongPasswords);

        phone = phone.ClearWrongPasswords();
        Assert.Empty(phone.WrongPasswords);
        Assert.Empty(Assert.Single(phone.Devices).WrongPasswords);
    }

    private static Guid Id(int session) => new(session, 0, 0, new byte[8]);

    private static DeviceActivity Device(int session) => new(Id(session), [], []);
}
