using System.Text;

namespace Sallyport.Agent.Host;

/// <summary>
/// An output of this process (1 or 2). Written to directly: the console class of the runtime would change the
/// terminal that belongs to the command. A terminal that is gone ends the writing and nothing else.
/// </summary>
internal sealed unsafe class Terminal(int descriptor) : TextWriter
{
    private const nuint TIOCGWINSZ = 0x5413;
    private const int CanonicalMode = 2;
    private bool gone;

    public override Encoding Encoding { get; } = new UTF8Encoding(false);

    internal bool IsTerminal { get; } = Interop.Libc.isatty(descriptor) == 1;

    /// <summary>True when the terminal edits lines, as it does unless a full-screen program has it.</summary>
    internal bool IsLineOriented
    {
        get
        {
            var settings = stackalloc byte[256];
            return Interop.Libc.tcgetattr(descriptor, settings) == 0
                && (((uint*)settings)[3] & CanonicalMode) != 0;
        }
    }

    /// <summary>Rows and columns; 24 by 80 where the terminal does not say.</summary>
    internal (int Rows, int Columns) Size
    {
        get
        {
            var size = stackalloc byte[8];
            var cells = (ushort*)size;
            return Interop.Libc.ioctl(descriptor, TIOCGWINSZ, size) == 0 && cells[0] > 0 && cells[1] > 0
                ? (cells[0], cells[1])
                : (24, 80);
        }
    }

    /// <summary>Somebody who shares this output has made it non-blocking.</summary>
    private void WaitUntilWritable()
    {
        var output = new Interop.Libc.PollDescriptor { Descriptor = descriptor, Events = Native.POLLOUT };
        _ = Interop.Libc.poll(&output, 1, -1);
    }

    public override void Write(char value) => Write([value]);

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(ReadOnlySpan<char> buffer)
    {
        var bytes = new byte[Encoding.GetMaxByteCount(buffer.Length)];
        var length = Encoding.GetBytes(buffer, bytes);
        fixed (byte* text = bytes)
        {
            for (var sent = 0; sent < length && !gone;)
            {
                var written = Interop.Libc.write(descriptor, text + sent, (nuint)(length - sent));
                if (written >= 0)
                {
                    sent += (int)written;
                }
                else if (Errno.Last == Native.EAGAIN)
                {
                    WaitUntilWritable();
                }
                else
                {
                    gone = Errno.Last != Native.EINTR;
                }
            }
        }
    }
}
