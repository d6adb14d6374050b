namespace GeminiChat.Gateway.Auth;

/// <summary>Who waits for a hash: those of one lane wait for each other, and for nobody else.</summary>
internal enum HashingLane
{
    /// <summary>Logins from devices that are not known.</summary>
    Login,

    /// <summary>Passwords from a device that has been signed in to this account before.</summary>
    KnownDevice,

    /// <summary>New passwords of users who have proved who they are.</summary>
    NewPassword,

    /// <summary>Sign-ups, which prove nothing.</summary>
    SignUp,
}
