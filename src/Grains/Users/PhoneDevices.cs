namespace GeminiChat.Grains.Users;

/// <summary>The known devices of a number's user.</summary>
internal static class PhoneDevices
{
    /// <summary>
    /// How many devices are kept: those that were used last. A known device must have the token of a session, so
    /// strangers cannot displace one.
    /// </summary>
    private const int MaxDevices = 20;

    /// <summary>The activity of a device; null when the device does not belong to this number's user.</summary>
    public static DeviceActivity? FindDevice(this PhoneState phone, KnownDevice? device) =>
        device is null || !phone.IsVerified || device.UserId != phone.UserId
            ? null
            : phone.Devices.FirstOrDefault(known => known.SessionId == device.SessionId) ?? new DeviceActivity(device.SessionId, [], []);

    /// <summary>
    /// The same while the device has codes of its own left. After that it shares the number's codes with all other
    /// devices.
    /// </summary>
    public static DeviceActivity? FindDeviceForCode(this PhoneState phone, KnownDevice? device, DateTimeOffset now) =>
        phone.FindDevice(device) is { } known && PhoneLimits.DeviceCodes.GetRetryAfter(known.CodesIssuedAt, now) is null ? known : null;

    public static PhoneState WithDevice(this PhoneState phone, DeviceActivity device) => phone with
    {
        Devices = [.. phone.Devices.Where(known => known.SessionId != device.SessionId).TakeLast(MaxDevices - 1), device],
    };

    /// <summary>Counts a wrong password: against the device if it is known, otherwise against the number.</summary>
    public static PhoneState CountWrongPassword(this PhoneState phone, DeviceActivity? device, DateTimeOffset now) => device is null
        ? phone with { WrongPasswords = PhoneLimits.WrongPasswords.Record(phone.WrongPasswords, now) }
        : phone.WithDevice(device with { WrongPasswords = PhoneLimits.WrongPasswords.Record(device.WrongPasswords, now) });

    /// <summary>Removes the counts of wrong passwords, because they say nothing about a new password.</summary>
    public static PhoneState ClearWrongPasswords(this PhoneState phone) => phone with
    {
        WrongPasswords = [],
        Devices = [.. phone.Devices.Select(device => device with { WrongPasswords = [] })],
    };
}
