using System.Buffers;
using System.Net.Sockets;
using Sallyport.Agent.Core.DockerApi;

namespace Sallyport.Agent.Enforcement.DockerSocket;

/// <summary>
/// One end of a connection that is read through a buffer of <see cref="BufferBytes"/>: what was received and not taken
/// waits there, and no more is received while it is full. One reader and one writer at a time.
/// </summary>
internal sealed class PeerStream(Socket socket) : IDisposable
{
    /// <summary>The longest head, and the most that is read ahead of a client that does not wait for its replies.</summary>
    internal const int BufferBytes = 64 * 1024;

    /// <summary>Of one copy of a long body.</summary>
    private const int CopyBytes = 256 * 1024;

    // Not rented: what still waits on a socket when this is disposed of may write here.
    private readonly byte[] buffer = new byte[BufferBytes];
    private int start;
    private int end;
    private Task<bool>? filling;

    /// <summary>Received and not taken.</summary>
    internal ReadOnlyMemory<byte> Waiting => buffer.AsMemory(start, end - start);

    internal bool IsFull => end - start >= BufferBytes;

    internal void Take(int count) => start += count;

    /// <summary>
    /// Receives some more; false at the end of what the peer sends. A receive that still waits is this one, and so is one that is
    /// done and that nobody has looked at: it may be done at any moment, on another thread, and another one would wait for
    /// what has come already.
    /// </summary>
    internal Task<bool> FillAsync()
    {
        if (filling is { IsCompletedSuccessfully: true } && Waiting.IsEmpty)
        {
            filling = null; // what it brought is taken; the end comes again
        }

        return filling ??= ReceiveAsync();
    }

    /// <summary>The head that comes next, still waiting to be taken; empty when the peer ends, or its head is too long.</summary>
    internal async Task<ReadOnlyMemory<byte>> HeadAsync()
    {
        while (true)
        {
            // In this order: what is done by now has what it brought in the buffer.
            if (filling is { IsCompleted: true })
            {
                _ = await MoreAsync();
            }

            var length = HttpText.HeadLength(Waiting.Span);
            if (length > 0)
            {
                return Waiting[..length];
            }

            if (IsFull || !await MoreAsync())
            {
                return default;
            }
        }
    }

    /// <summary>The body that comes next, whole; null when it does not end within so many bytes.</summary>
    internal async Task<byte[]?> BodyAsync(HttpBody kind, long length, int most)
    {
        var body = new ArrayBufferWriter<byte>();
        var left = new BodyLeft(kind, length);
        while (!left.IsDone)
        {
            if (Waiting.IsEmpty && !await MoreAsync())
            {
                return kind == HttpBody.UntilClose ? body.WrittenSpan.ToArray() : null;
            }

            var count = left.Pass(Waiting.Span);
            if (left.HasFailed || body.WrittenCount + count > most)
            {
                return null;
            }

            body.Write(Waiting.Span[..count]);
            Take(count);
        }

        return body.WrittenSpan.ToArray();
    }

    /// <summary>Passes on the body that comes next; false when it ends early or cannot be read.</summary>
    internal async Task<bool> PassBodyAsync(HttpBody kind, long length, PeerStream to)
    {
        var left = new BodyLeft(kind, length);
        while (!left.IsDone)
        {
            if (Waiting.IsEmpty && kind != HttpBody.Chunked && filling is null)
            {
                return await CopyAsync(to, kind == HttpBody.Length ? left.Bytes : long.MaxValue)
                    || kind == HttpBody.UntilClose;
            }

            if (Waiting.IsEmpty && !await MoreAsync())
            {
                return kind == HttpBody.UntilClose;
            }

            var count = left.Pass(Waiting.Span);
            await to.SendAsync(Waiting[..count]);
            Take(count);
            if (left.HasFailed)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Passes on everything until the peer ends, then says so.</summary>
    /// <param name="to">Takes it.</param>
    /// <param name="passes">Whether the next bytes may be passed on; false ends it. Null passes all.</param>
    internal async Task PassAllAsync(PeerStream to, Predicate<ReadOnlyMemory<byte>>? passes = null)
    {
        if (filling is not null)
        {
            _ = await MoreAsync();
        }

        if (passes?.Invoke(Waiting) != false)
        {
            await to.SendAsync(Waiting);
            Take(Waiting.Length);
            _ = await CopyAsync(to, long.MaxValue, passes);
        }

        to.SayEnd();
    }

    internal async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None)..];
        }
    }

    /// <summary>
    /// Reads what the peer still sends and forgets it, up to a bound: a client that writes into a closed socket may never look
    /// at the answer.
    /// </summary>
    internal async Task DrainAsync(TimeSpan deadline, long most)
    {
        using var end = new CancellationTokenSource(deadline);
        using var ending = end.Token.Register(Dispose);
        long count = 0;
        do
        {
            count += Waiting.Length;
            Take(Waiting.Length);
        }
        while (count < most && await MoreAsync());
    }

    /// <summary>Half-close: nothing more is sent.</summary>
    internal void SayEnd()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // the peer is gone: it needs no word
        }
    }

    /// <summary>Ends whatever waits on the socket, in either direction.</summary>
    public void Dispose() => socket.Dispose();

    private async Task<bool> MoreAsync()
    {
        try
        {
            return await (filling ??= ReceiveAsync());
        }
        finally
        {
            filling = null;
        }
    }

    private async Task<bool> ReceiveAsync()
    {
        if (start == end)
        {
            (start, end) = (0, 0);
        }
        else if (end == BufferBytes)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }

        var count = await socket.ReceiveAsync(buffer.AsMemory(end, BufferBytes - end), SocketFlags.None);
        end += count;
        return count > 0;
    }

    private async Task<bool> CopyAsync(PeerStream to, long length, Predicate<ReadOnlyMemory<byte>>? passes = null)
    {
        var copy = ArrayPool<byte>.Shared.Rent(CopyBytes);
        try
        {
            while (length > 0)
            {
                var count = await socket.ReceiveAsync(
                    copy.AsMemory(0, (int)Math.Min(copy.Length, length)), SocketFlags.None);
                if (count == 0 || passes?.Invoke(copy.AsMemory(0, count)) == false)
                {
                    return false;
                }

                await to.SendAsync(copy.AsMemory(0, count));
                length -= count;
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }
}
