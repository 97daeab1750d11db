using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Kernel;

/// <summary>All types of this kernel, some megabytes: mapped, since Linux 6.16, and read before it, which takes ten times as long.</summary>
internal sealed unsafe partial class KernelTypesFile : IDisposable
{
    private const int Readable = 1; // PROT_READ
    private const int Private = 2; // MAP_PRIVATE: the kernel refuses a shared one

    private readonly int length;
    private byte* mapped;
    private byte* read;

    /// <exception cref="KernelUnavailableException">They are not there, or cannot be read.</exception>
    internal KernelTypesFile()
    {
        if (!Machine.This().HasKernelTypes)
        {
            throw new KernelUnavailableException(Machine.LackOfKernelTypes);
        }

        try
        {
            using var source = File.OpenHandle(Machine.KernelTypes);
            length = (int)RandomAccess.GetLength(source);
            mapped = mmap(null, (nuint)length, Readable, Private, (int)source.DangerousGetHandle(), 0);
            if (mapped == Failed)
            {
                mapped = null;
                Read(source);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Dispose();
            throw new KernelUnavailableException($"{Machine.KernelTypes} cannot be read: {e.Message}");
        }
    }

    private static byte* Failed => (byte*)-1;

    /// <summary>They end with this.</summary>
    internal ReadOnlySpan<byte> Bytes => new(mapped != null ? mapped : read, length);

    public void Dispose()
    {
        if (mapped != null)
        {
            _ = munmap(mapped, (nuint)length);
            mapped = null;
        }

        NativeMemory.Free(read);
        read = null;
    }

    /// <summary>For a moment: not on the heap, which would keep them.</summary>
    private void Read(SafeFileHandle source)
    {
        read = (byte*)NativeMemory.Alloc((nuint)length);
        var bytes = new Span<byte>(read, length);
        for (int at = 0, count; at < length; at += count)
        {
            count = RandomAccess.Read(source, bytes[at..], at);
            if (count == 0)
            {
                throw new EndOfStreamException($"it ends after {at} of {length} bytes");
            }
        }
    }

    [LibraryImport("libc")]
    private static partial byte* mmap(byte* address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc")]
    private static partial int munmap(byte* address, nuint length);
}
