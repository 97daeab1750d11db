using System.Buffers.Binary;
using System.Net.Sockets;
using Sallyport.Agent.Core.Dns;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Enforcement.DnsOverTcp;

/// <summary>
/// A non-blocking TCP socket that carries DNS messages. What waits to be sent is bounded by <see cref="MostWaiting"/>
/// and one message more: past it the session takes no more from the other side.
/// </summary>
internal sealed class FramedSocket(Socket socket) : IDisposable
{
    private const int MostWaiting = DnsFrames.MaxMessageBytes;

    private readonly DnsFrames frames = new();
    private byte[] waiting = [];
    private int waitingStart;
    private int waitingEnd;

    internal Socket Socket => socket;

    internal int Descriptor => (int)socket.SafeHandle.DangerousGetHandle();

    /// <summary>The peer sends nothing more.</summary>
    internal bool HasEnded { get; private set; }

    /// <summary>The connection is gone.</summary>
    internal bool HasFailed { get; private set; }

    internal bool IsFlushed => waitingStart == waitingEnd;

    internal bool IsCongested => waitingEnd - waitingStart > MostWaiting;

    /// <summary>What to poll for.</summary>
    internal short Events(bool reads) =>
        (short)((reads && !HasEnded ? Native.POLLIN : 0) | (IsFlushed ? 0 : Native.POLLOUT));

    /// <summary>Takes what has arrived, at most one buffer.</summary>
    internal void Receive()
    {
        if (HasEnded || HasFailed)
        {
            return;
        }

        var count = socket.Receive(frames.Free(), SocketFlags.None, out var error);
        if (error == SocketError.Success)
        {
            HasEnded = count == 0;
            frames.Added(count);
        }
        else if (error is not (SocketError.WouldBlock or SocketError.Interrupted))
        {
            HasFailed = true;
        }
    }

    internal bool TryTake(out ReadOnlySpan<byte> message) => frames.TryTake(out message);

    /// <summary>Puts a message behind those that wait, with its length before it.</summary>
    internal void Send(ReadOnlySpan<byte> message)
    {
        var wanted = DnsFrames.LengthBytes + message.Length;
        if (waitingEnd + wanted > waiting.Length)
        {
            var held = waiting.AsSpan(waitingStart..waitingEnd);
            var larger = new byte[held.Length + wanted];
            held.CopyTo(larger);
            (waiting, waitingStart, waitingEnd) = (larger, 0, held.Length);
        }

        BinaryPrimitives.WriteUInt16BigEndian(waiting.AsSpan(waitingEnd), (ushort)message.Length);
        message.CopyTo(waiting.AsSpan(waitingEnd + DnsFrames.LengthBytes));
        waitingEnd += wanted;
    }

    /// <summary>Sends what the socket takes now.</summary>
    internal void Flush()
    {
        while (!IsFlushed && !HasFailed)
        {
            var count = socket.Send(waiting.AsSpan(waitingStart..waitingEnd), SocketFlags.None, out var error);
            if (error == SocketError.Success)
            {
                waitingStart += count;
            }
            else if (error is SocketError.WouldBlock)
            {
                return;
            }
            else if (error is not SocketError.Interrupted)
            {
                HasFailed = true;
            }
        }

        (waiting, waitingStart, waitingEnd) = ([], 0, 0);
    }

    public void Dispose() => socket.Dispose();
}
