namespace GeminiChat.Gateway.Auth;

/// <summary>Each kind of password work has a queue of its own, so that one kind cannot delay another.</summary>
internal enum PasswordQueue
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
