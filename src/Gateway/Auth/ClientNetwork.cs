using System.Net;
using System.Net.Sockets;

namespace GeminiChat.Gateway.Auth;

/// <summary>The network of a client's address. It is easy to get many addresses, but not many networks.</summary>
internal static class ClientNetwork
{
    /// <summary>The /24 of an IPv4 address, or the /48 of an IPv6 address. A site gets a /48 at most (RFC 6177).</summary>
    public static string Of(IPAddress? address) => Of(address, ipv4Bits: 24, ipv6Bits: 48).ToString();

    public static IPNetwork Of(IPAddress? address, int ipv4Bits, int ipv6Bits)
    {
        var plain = address is null ? IPAddress.None : address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var bits = plain.AddressFamily is AddressFamily.InterNetworkV6 ? ipv6Bits : ipv4Bits;
        var bytes = plain.GetAddressBytes();
        Array.Clear(bytes, bits / 8, bytes.Length - (bits / 8));
        return new IPNetwork(new IPAddress(bytes), bits);
    }
}
