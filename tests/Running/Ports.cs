using System.Net;
using System.Net.Sockets;

namespace GeminiChat.Running;

/// <summary>Ports for servers that tests start.</summary>
public static class Ports
{
    private const int First = 20_000;
    private const int Count = 12_000;

    private static int _next = Random.Shared.Next(Count);

    /// <summary>
    /// A port below those that systems give to outgoing connections: the tests make thousands of them, and one could take
    /// the port before the program listens.
    /// </summary>
    public static int FindFree()
    {
        while (true)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _next) % Count);
            try
            {
                // Of all of the machine's addresses: silos do not listen on the loopback.
                using var listener = new TcpListener(IPAddress.Any, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody listens there.
            }
        }
    }
}
