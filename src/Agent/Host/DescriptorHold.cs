using Microsoft.Win32.SafeHandles;

namespace Sallyport.Agent.Host;

/// <summary>
/// Descriptors that stay open without belonging to a process: they are sent over a Unix socket (SCM_RIGHTS, unix(7))
/// and never received. Whoever has the receiving end holds them all, also those that were sent after it was handed
/// over, and needs to do nothing for it; the kernel closes them when the last owner of that end is gone.
/// Bounded by the socket's buffer: about 270 at the kernel's default, net.core.wmem_default.
/// </summary>
internal sealed unsafe class DescriptorHold : IDisposable
{
    private const int UnixFamily = 1;
    private const int StreamCloseOnExec = 1 | 0x80000;
    private const int SocketLevel = 1;
    private const int Rights = 1;
    private const int DoNotWait = 0x40;
    private const int NoSignal = 0x4000;
    private const int DrainBytes = 4096;

    private readonly SafeFileHandle sender;

    private DescriptorHold(SafeFileHandle sender, SafeFileHandle holder)
    {
        this.sender = sender;
        Holder = holder;
    }

    /// <summary>The receiving end, to be inherited by who is to hold.</summary>
    internal SafeFileHandle Holder { get; }

    internal static DescriptorHold Open()
    {
        var pair = stackalloc int[2];
        return Interop.Libc.socketpair(UnixFamily, StreamCloseOnExec, 0, pair) == 0
            ? new DescriptorHold(new SafeFileHandle(pair[0], true), new SafeFileHandle(pair[1], true))
            : throw Errno.Failure("socketpair");
    }

    /// <summary>Holds a duplicate. False when no more can be held.</summary>
    internal bool TryAdd(int descriptor)
    {
        byte content = 0;
        var vector = new Interop.Libc.Vector { Start = &content, Length = 1 };
        var rights = new Interop.Libc.DescriptorMessage
        {
            // CMSG_LEN of one descriptor: the header without the padding behind it
            Length = (nuint)(sizeof(nuint) + (3 * sizeof(int))),
            Level = SocketLevel,
            Type = Rights,
            Descriptor = descriptor,
        };
        var message = new Interop.Libc.MessageHeader
        {
            Vectors = &vector,
            VectorCount = 1,
            Control = &rights,
            ControlLength = (nuint)sizeof(Interop.Libc.DescriptorMessage),
        };
        return Interop.Libc.sendmsg((int)sender.DangerousGetHandle(), &message, DoNotWait | NoSignal) == 1;
    }

    /// <summary>Closes all that is held, whoever else has the receiving end: what is read without room for rights goes.</summary>
    internal void LetGo()
    {
        var buffer = stackalloc byte[DrainBytes];
        while (Interop.Libc.recv((int)Holder.DangerousGetHandle(), buffer, DrainBytes, DoNotWait) > 0)
        {
        }
    }

    public void Dispose()
    {
        sender.Dispose();
        Holder.Dispose();
    }
}
