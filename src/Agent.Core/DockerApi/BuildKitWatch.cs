using System.Buffers.Binary;
using System.Text;

namespace Sallyport.Agent.Core.DockerApi;

/// <summary>
/// What a client says to BuildKit on its own connection (<c>POST /grpc</c>), as far as it says what a build is to have of the machine: such
/// a word stands as text in the request for the build (<c>SolveRequest.entitlements</c>), whatever asks for it in the build itself. HTTP/2 (RFC
/// 9113) and gRPC's messages in it are read, so that no frame's end, padding or other stream cuts the word in two; what is not read (compressed
/// messages, more than <see cref="MostStreams"/> calls at once) is not passed on. Never throws.
/// </summary>
public sealed class BuildKitWatch
{
    /// <summary>Calls at once, of a few dozen bytes each.</summary>
    internal const int MostStreams = 4096;

    private const int FrameHeader = 9;
    private const int MessageHeader = 5;
    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte Reset = 3;
    private const byte EndOfStream = 1;
    private const byte Padded = 8;
    private const string Unread = "request";

    private static readonly byte[] Preface = Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

    /// <summary>The word of BuildKit, and the word of ours.</summary>
    private static readonly (byte[] Text, string Has)[] Words =
        [("network.host"u8.ToArray(), "network"), ("security.insecure"u8.ToArray(), "privileged")];

    private static readonly int Longest = Words.Max(word => word.Text.Length);

    private readonly Dictionary<uint, Message> streams = [];
    private readonly byte[] header = new byte[FrameHeader];
    private int prefaceRead;
    private int headerRead;
    private int left; // of the frame, without its padding
    private int padding;
    private bool isPadLengthNext;

    /// <summary>What it would have of the machine; "request" when it cannot be read; null as long as there is neither.</summary>
    public string? Has { get; private set; }

    /// <summary>Takes what the client says next. False when it is not to be passed on, nor anything after it.</summary>
    public bool Take(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && Has is null)
        {
            bytes = bytes[Step(bytes)..];
        }

        return Has is null;
    }

    private byte Type => header[3];

    private uint Stream => BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(5)) & 0x7fff_ffff;

    private int Step(ReadOnlySpan<byte> bytes)
    {
        if (prefaceRead < Preface.Length)
        {
            Has = bytes[0] == Preface[prefaceRead++] ? null : Unread;
            return 1;
        }

        if (headerRead < FrameHeader)
        {
            header[headerRead++] = bytes[0];
            if (headerRead == FrameHeader)
            {
                Begin();
            }

            return 1;
        }

        if (isPadLengthNext)
        {
            isPadLengthNext = false;
            padding = bytes[0];
            left -= 1 + padding;
            Has = left < 0 ? Unread : null;
            EndIfDone();
            return 1;
        }

        var count = Math.Min(bytes.Length, left > 0 ? left : padding);
        if (left > 0)
        {
            if (Type == Data)
            {
                Read(bytes[..count]);
            }

            left -= count;
        }
        else
        {
            padding -= count;
        }

        EndIfDone();
        return count;
    }

    private void Begin()
    {
        left = (header[0] << 16) | (header[1] << 8) | header[2];
        padding = 0;
        isPadLengthNext = Type == Data && (header[4] & Padded) != 0;
        Has = isPadLengthNext && left == 0 ? Unread : null;
        EndIfDone();
    }

    private void EndIfDone()
    {
        if (left > 0 || padding > 0 || isPadLengthNext)
        {
            return;
        }

        headerRead = 0;
        if (Type == Reset || (Type is Data or Headers && (header[4] & EndOfStream) != 0))
        {
            _ = streams.Remove(Stream);
        }
    }

    private void Read(ReadOnlySpan<byte> data)
    {
        if (!streams.TryGetValue(Stream, out var message))
        {
            if (streams.Count >= MostStreams)
            {
                Has = Unread;
                return;
            }

            streams[Stream] = message = new Message();
        }

        while (!data.IsEmpty && Has is null)
        {
            data = data[message.Take(data)..];
            Has = message.Has;
        }
    }

    /// <summary>The message that a call is sending: a byte that says whether it is compressed, its length, itself.</summary>
    private sealed class Message
    {
        private readonly byte[] start = new byte[MessageHeader];
        private byte[] tail = [];
        private int startRead;
        private uint left;

        internal string? Has { get; private set; }

        internal int Take(ReadOnlySpan<byte> data)
        {
            if (startRead < MessageHeader)
            {
                start[startRead++] = data[0];
                if (startRead == MessageHeader)
                {
                    left = BinaryPrimitives.ReadUInt32BigEndian(start.AsSpan(1));
                    tail = [];
                    startRead = left == 0 ? 0 : startRead;
                    Has = start[0] == 0 ? null : Unread;
                }

                return 1;
            }

            var count = (int)Math.Min((uint)data.Length, left);
            byte[] text = [.. tail, .. data[..count]];
            foreach (var (word, has) in Words)
            {
                Has ??= text.AsSpan().IndexOf(word) >= 0 ? has : null;
            }

            tail = text[Math.Max(0, text.Length - Longest + 1)..];
            left -= (uint)count;
            startRead = left == 0 ? 0 : startRead;
            return count;
        }
    }
}
