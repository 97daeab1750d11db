using Microsoft.Win32.SafeHandles;

namespace Sallyport.Agent.Host;

/// <summary>Both ends of a pipe; neither survives an exec unless somebody asks for it.</summary>
internal sealed class DescriptorPipe : IDisposable
{
    private DescriptorPipe(SafeFileHandle reader, SafeFileHandle writer)
    {
        Reader = reader;
        Writer = writer;
    }

    internal SafeFileHandle Reader { get; }

    internal SafeFileHandle Writer { get; private set; }

    /// <summary>Hands the writing end to somebody who outlives this object.</summary>
    internal SafeFileHandle TakeWriter()
    {
        var writer = Writer;
        Writer = new SafeFileHandle();
        return writer;
    }

    internal static unsafe DescriptorPipe Open()
    {
        var ends = stackalloc int[2];
        return Interop.Libc.pipe2(ends, Native.O_CLOEXEC) == 0
            ? new DescriptorPipe(new SafeFileHandle(ends[0], true), new SafeFileHandle(ends[1], true))
            : throw Errno.Failure("pipe2");
    }

    public void Dispose()
    {
        Reader.Dispose();
        Writer.Dispose();
    }
}
