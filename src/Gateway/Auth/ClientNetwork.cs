using System.Net;
using System.Net.Sockets;

namespace GeminiChat.Gateway.Auth;

/// <summary>The network that a client's address belongs to: addresses within one are had by the dozen, networks are not.</summary>
internal static class ClientNetwork
{
    private const int Ipv4PrefixLength = 24;

    /// <summary>What one site is given at most (RFC 6177).</summary>
    private const int Ipv6PrefixLength = 48;

    /// <summary>A /24, of IPv6 a /48, such as <c>203.0.113.0/24</c>.</summary>
    public static string Of(IPAddress? address)
    {
        var plain = address is null ? IPAddress.None : address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var bits = plain.AddressFamily is AddressFamily.InterNetworkV6 ? Ipv6PrefixLength : Ipv4PrefixLength;
        var bytes = plain.GetAddressBytes();
        Array.Clear(bytes, bits / 8, bytes.Length - (bits / 8));
        return $"{new IPAddress(bytes)}/{bits}";
    }
}
